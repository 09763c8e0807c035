from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.paper.bot_command import PaperBot
from proratio_tradehub.paper.health import health_path, read_health
from proratio_tradehub.paper.keeping import keep_alive

STRATEGIES = Path(__file__).parents[3] / "user_data"


def installed(tmp_path: Path) -> Settings:
    (tmp_path / "strategies").symlink_to(STRATEGIES / "strategies")
    for name in ("config.json", "config-replay.json"):
        (tmp_path / name).symlink_to(STRATEGIES / name)
    return Settings(PRORATIO_USER_DATA=tmp_path)


def test_a_strategy_is_on_paper_once_and_a_refused_start_changes_nothing(tmp_path: Path) -> None:
    settings = installed(tmp_path)
    health = health_path(settings, "Scalping")
    overlay = health.with_suffix(".overlay")
    overlay.parent.mkdir(parents=True)
    overlay.write_text("what the running bot is started with, when it has died")
    with health.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(ConfigurationError, match="Scalping is on paper already"):
            keep_alive(PaperBot("Scalping"), settings, clock=SystemClock(), say=print)

    assert overlay.read_text() == "what the running bot is started with, when it has died"


@pytest.mark.parametrize(
    ("configs", "mark", "said"),
    [
        ((), "PAPER", "PAPER: Scalping against binance as it is; Ctrl-C stops it"),
        (("config-replay.json",), "SIMULATED", "SIMULATED: Scalping against replay, no exchange's"),
    ],
)
def test_whose_market_it_is_stands_on_the_screen_and_in_the_health(
    configs: tuple[str, ...], mark: str, said: str, tmp_path: Path
) -> None:
    settings = installed(tmp_path)
    heard: list[str] = []

    class Interrupted(SystemClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    bot = PaperBot("Scalping", configs=tuple(tmp_path / name for name in configs))
    with pytest.raises(KeyboardInterrupt):
        keep_alive(bot, settings, clock=Interrupted(), say=heard.append)

    (report,) = read_health(settings)
    assert report.mark == mark
    assert heard[0].startswith(said)


def test_a_folder_that_takes_no_files_is_named(tmp_path: Path) -> None:
    settings = installed(tmp_path)
    (tmp_path / ".proratio").write_text("a file")

    with pytest.raises(ConfigurationError, match=r"Scalping\.lock cannot be written .* writable"):
        keep_alive(PaperBot("Scalping"), settings, clock=SystemClock(), say=print)
