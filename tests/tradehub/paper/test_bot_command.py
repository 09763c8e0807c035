from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_core.values import Pair, Timeframe
from proratio_tradehub.paper.bot_command import PaperBot, bot_command, bot_environment

ROOT = Path(__file__).parents[3]
HERE = Settings(PRORATIO_USER_DATA=ROOT / "user_data")


def test_the_bot_is_dry_by_command_line_by_configuration_and_by_environment(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    command = bot_command(PaperBot("Scalping"), HERE, pulse=tmp_path / "p", overlay=overlay)

    assert "--dry-run" in command
    assert command[-1] == str(overlay)  # nothing stands above it
    assert PaperBot("Scalping").overlay == {"dry_run": True, "bot_name": "Scalping"}
    assert bot_environment({"FREQTRADE__DRY_RUN": "false"}, HERE)["FREQTRADE__DRY_RUN"] == "true"


def test_options_stand_above_the_configuration(tmp_path: Path) -> None:
    bot = PaperBot(
        "Scalping", (Pair.parse("BTC/USDT:USDT"),), Timeframe.M5, "none", "conservative-spot"
    )
    overlay = tmp_path / "overlay"
    command = bot_command(bot, HERE, pulse=tmp_path / "p", overlay=overlay)

    assert str(HERE.user_data / "config-futures.json") in command
    assert bot.overlay == {
        "dry_run": True,
        "bot_name": "Scalping",
        "proratio": {"profile": "none", "risk": "conservative-spot"},
        "exchange": {"pair_whitelist": ["BTC/USDT:USDT"]},
        "timeframe": "5m",
    }


def test_the_bot_gets_no_key_of_an_exchange() -> None:
    given = {"FREQTRADE__EXCHANGE__KEY": "k", "FREQTRADE__EXCHANGE__SECRET": "s", "HOME": "/h"}

    environment = bot_environment(given, HERE)

    assert environment["HOME"] == "/h"
    assert not {"k", "s"} & set(environment.values())


@pytest.mark.parametrize(
    ("bot", "message"),
    [
        (PaperBot("Nobody"), "strategy 'Nobody' is not defined"),
        (PaperBot("Scalping", configs=(Path("missing.json"),)), r"missing\.json does not exist"),
        (PaperBot("Scalping", profile="nosuch"), "profile 'nosuch' is unknown"),
        (PaperBot("SimpleTestStrategy", profile="offline"), "asks no consensus"),
        (PaperBot("Scalping", risk="nosuch"), "risk profile 'nosuch' is unknown"),
    ],
)
def test_what_does_not_exist_is_said_before_anything_starts(
    bot: PaperBot, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        bot_command(bot, HERE, pulse=tmp_path / "p", overlay=tmp_path / "overlay")
