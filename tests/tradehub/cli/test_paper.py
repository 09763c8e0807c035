"""`proratio paper` as a person types it: a replay, a bot on a replayed exchange, its health."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from freqtrade.persistence import disable_database_use
from typer.testing import CliRunner, Result

from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.cli.paper import paper
from proratio_tradehub.paper import Health, State, read_health
from proratio_tradehub.paper.health import health_path
from tests.freqtrade_home import FreqtradeHome
from tests.live_bot import ROOT, falling_exchange
from tests.tradehub.paper.test_health import NOW, WELL

_PRORATIO = Path(sys.executable).with_name("proratio")


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(paper)
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, words, catch_exceptions=True)


@pytest.fixture
def home(simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.chdir(simulated_home.user_data.parent)
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(simulated_home.user_data))
    return simulated_home


def test_a_replay_says_what_it_came_to_beside_the_backtest(
    home: FreqtradeHome, tmp_path: Path
) -> None:
    file = tmp_path / "trades.csv"
    words = ("MovingAverageCross", "--exchange", "simulated", "--profile", "none", "--step", "1200")
    disable_database_use("1h")  # as whatever ran in this process before may have left it

    done = run(*words, "--replay", "2024-02-05..2024-02-08", "--save", str(file), "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["mark"] == "SIMULATED"
    assert told["backtest"]["entries_matched"] == told["backtest"]["entries"] > 0
    assert len(file.read_text().splitlines()) == 1 + len(told["trades"])


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ((), ConfigurationError, "which strategy"),
        (("Scalping", "--replay", "yesterday"), DataError, "write 2025-03-01..2025-03-14"),
        (
            ("Scalping", "--replay", "2024-02-05..2024-02-06", "--config", "x.json"),
            ConfigurationError,
            "takes its terms from the backtest's configuration",
        ),
        (
            ("Scalping", "--exchange", "simulated", "--step", "7"),
            ConfigurationError,
            "--step, --exchange belongs to a session on recorded candles; add --replay",
        ),
        (
            ("Scalping", "--replay", "2024-02-05..2024-02-06", "--save", "/proc/no/trades.csv"),
            ConfigurationError,
            "cannot be written to /proc/no/trades.csv",
        ),
        (
            ("Scalping", "--replay", "2024-02-05..2024-02-06", "--save", "/"),
            ConfigurationError,
            "it is a folder",
        ),
        (("--status", "Scalping"), TransientError, "not well on paper: Scalping"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...],
    error: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRORATIO_USER_DATA", str(tmp_path))

    done = run(*words)

    assert isinstance(done.exception, error)
    assert message in str(done.exception)


def test_status_shows_each_bot_and_fails_where_one_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRORATIO_USER_DATA", str(tmp_path))
    assert "nothing is on paper" in run("--status").output
    WELL.write(health_path(Settings(PRORATIO_USER_DATA=tmp_path), "Trend"))

    done = run("--status", "--json")

    assert isinstance(done.exception, TransientError)  # its supervisor wrote that long ago
    (report,) = json.loads(done.stdout)
    assert (report["mark"], report["strategy"], report["well"]) == ("PAPER", "Trend", False)
    assert datetime.now(UTC) > NOW


def test_a_killed_bot_trades_again_and_sigterm_leaves_nothing_behind(tmp_path: Path) -> None:
    """The real command, the real Freqtrade, an exchange of this machine's."""
    user_data = tmp_path / "u"
    user_data.mkdir()
    (user_data / "strategies").mkdir()
    for name in ("config.json", "strategies/SimpleTestStrategy.py"):
        (user_data / name).write_text((ROOT / "user_data" / name).read_text())
    settings = Settings(PRORATIO_USER_DATA=user_data)
    with falling_exchange() as exchange, (tmp_path / "log").open("w") as log:
        overlay = tmp_path / "replay.json"
        replay = (ROOT / "user_data" / "config-replay.json").read_text()
        overlay.write_text(replay.replace(":8099", f":{exchange.port}"))
        words = ("SimpleTestStrategy", "--pairs", "BTC/USDT", "--timeframe", "1m")
        process = subprocess.Popen(
            [str(_PRORATIO), "paper", *words, "--config", str(overlay)],
            cwd=tmp_path,
            env={**os.environ, "PRORATIO_USER_DATA": str(user_data)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            first = _once_running(settings, lambda health: True)
            os.kill(first.bot_pid or 0, signal.SIGKILL)
            second = _once_running(settings, lambda health: health.restarts == 1)
            assert second.bot_pid != first.bot_pid
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
    assert code == 143
    assert not Path(f"/proc/{second.bot_pid}").exists()
    (last,) = read_health(settings)
    assert (last.state, last.mark, last.bot_pid) == (State.STOPPED, "SIMULATED", None)
    assert (user_data / "paper-SimpleTestStrategy.sqlite").exists()


def _once_running(settings: Settings, what: Callable[[Health], bool]) -> Health:
    until = time.monotonic() + 120
    while True:
        reports = read_health(settings)
        if reports and reports[0].state is State.RUNNING and what(reports[0]):
            return reports[0]
        assert time.monotonic() < until, reports
        time.sleep(0.2)
