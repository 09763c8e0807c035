"""The bot's process: its pulse, its exit codes, its end; only `start_trading` is stood in for."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from freqtrade.exceptions import OperationalException, TemporaryError
from freqtrade.worker import Worker

from proratio_tradehub.paper import bot


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
        worker._process_running()
        return 0

    monkeypatch.setattr(bot, "start_trading", trade)

    assert bot.run_bot(tmp_path / "pulse", ARGUMENTS) == 0
    assert (tmp_path / "pulse").exists()
    assert len(loops) == 1


def test_the_bot_ends_once_its_supervisor_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    pipe = io.TextIOWrapper(io.BytesIO(b"x"))
    monkeypatch.setattr("sys.stdin", pipe)

    bot.watch_parent(ended.set).join(5.0)

    assert ended.is_set()
