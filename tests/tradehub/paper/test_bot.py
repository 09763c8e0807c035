"""The bot's process: its pulse, its exit codes, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from freqtrade.exceptions import OperationalException, TemporaryError
from freqtrade.worker import Worker

from proratio_core.settings import Settings
from proratio_tradehub.paper import bot
from proratio_tradehub.paper.bot_command import bot_environment
from tests.live_bot import ROOT, falling_exchange


@pytest.fixture(autouse=True)
def worker_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "_process_running", Worker._process_running)


ARGUMENTS = ("trade", "--dry-run", "--strategy", "Scalping")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalException("Impossible to load Strategy 'Nobody'"), bot.LASTING),
        (OperationalException("Could not load markets, therefore cannot start."), bot.TRANSIENT),
        (TemporaryError("the exchange does not answer"), bot.TRANSIENT),
        (KeyboardInterrupt(), 0),
    ],
)
def test_the_exit_code_says_whether_another_start_makes_sense(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(bot, "start_trading", fail)

    assert bot.run_bot(tmp_path / "pulse", ARGUMENTS) == code


def test_each_loop_gives_a_pulse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loops: list[object] = []
    monkeypatch.setattr(Worker, "_process_running", loops.append)

    def trade(arguments: dict[str, object]) -> int:
        assert arguments["dry_run"] is True
        worker = Worker.__new__(Worker)
        worker.freqtrade = SimpleNamespace(strategy=object())
        worker._process_running()
        return 0

    monkeypatch.setattr(bot, "start_trading", trade)

    assert bot.run_bot(tmp_path / "pulse", ARGUMENTS) == 0
    assert (tmp_path / "pulse").exists()
    assert len(loops) == 1


def test_the_bot_ends_once_its_supervisor_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    reading, writing = os.pipe()
    os.write(writing, b"x")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        monkeypatch.setattr("sys.stdin", pipe)

        bot.watch_parent(ended.set).join(5.0)

    assert ended.is_set()


def test_an_interrupted_bot_ends_in_order_while_its_supervisor_still_listens(
    tmp_path: Path,
) -> None:
    """The real Freqtrade: a reader of standard input must not crash the interpreter's end.

    It is started as from a script in the background, where a shell has interrupts ignored.
    """
    with falling_exchange() as exchange, _process(tmp_path, f"{exchange.url}/api/v3") as process:
        _once((tmp_path / "pulse").exists, process)
        process.send_signal(signal.SIGINT)
        code = process.wait(60)

    log = (tmp_path / "log").read_text()
    assert code == 0, log
    assert "Fatal Python error" not in log


def test_a_bot_whose_exchange_is_away_ends_although_its_websocket_waits(tmp_path: Path) -> None:
    with _process(tmp_path, "http://127.0.0.1:9/api/v3", enable_ws=True) as process:
        code = process.wait(60)

    assert code == bot.TRANSIENT
    assert "Could not load markets" in (tmp_path / "log").read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"risk": "nosuch"}, "Momentum did not start: risk profile 'nosuch' is unknown"),
        ({"profile": "nosuch"}, "Momentum did not start: profile 'nosuch' is unknown"),
    ],
)
def test_a_strategy_that_cannot_start_is_not_left_to_loop_without_entries(
    option: dict[str, str], words: str, tmp_path: Path
) -> None:
    given = {"profile": "none", **option}
    with (
        falling_exchange() as exchange,
        _process(tmp_path, f"{exchange.url}/api/v3", given=given) as process,
    ):
        code = process.wait(60)

    log = (tmp_path / "log").read_text()
    assert code == bot.LASTING, log
    assert words in log.splitlines()[-1]
    assert not (tmp_path / "pulse").exists()


@contextmanager
def _process(
    folder: Path, url: str, *, enable_ws: bool = False, given: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the module as its supervisor does, with the pipe open, against an exchange at `url`."""
    user_data = folder / "u"
    (user_data / "strategies").mkdir(parents=True)
    for name in ("config.json", "strategies/Momentum.py"):
        (user_data / name).write_text((ROOT / "user_data" / name).read_text())
    stated = {
        "exchange": {
            "enable_ws": enable_ws,
            "pair_whitelist": ["BTC/USDT"],
            "ccxt_config": {
                "enableRateLimit": False,
                "urls": {"api": {"public": url}},
                "options": {"fetchMarkets": {"types": ["spot"]}},
            },
        },
        "timeframe": "1m",
        "proratio": {"source": "replay", **(given or {"profile": "none"})},
    }
    overlay = folder / "overlay.json"
    overlay.write_text(json.dumps(stated))
    # Freqtrade writes no log where it finds itself tested.
    around = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    files = ("--config", str(user_data / "config.json"), "--config", str(overlay))
    words = ("--dry-run", "--userdir", str(user_data), "--strategy", "Momentum")
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [
                *("sh", "-c", 'trap "" INT; exec "$@"', "sh"),
                *(sys.executable, "-m", "proratio_tradehub.paper.bot", str(folder / "pulse")),
                *("trade", *words, "--db-url", f"sqlite:///{folder}/trades.sqlite", *files),
            ],
            cwd=folder,
            env=bot_environment(around, Settings(PRORATIO_USER_DATA=user_data)),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _once(what: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60.0
    while not what():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
