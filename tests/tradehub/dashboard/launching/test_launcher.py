"""A backtest is a process apart: followed, ended when it must be, and never two at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.launching import Launch, Launcher, LaunchState
from tests.tradehub.dashboard.launching.made import ORDER, script

_DONE = 'print(\'{"runs": [{"specification_hash": "abc"}]}\')'


@contextmanager
def launcher(folder: Path, text: str, **changes: float) -> Iterator[Launcher]:
    made = Launcher(
        Settings(PRORATIO_USER_DATA=folder), SystemClock(), command=script(text), **changes
    )
    try:
        yield made
    finally:
        made.close()


def until(made: Launcher, holds: Callable[[Launch], bool]) -> Launch:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        current = made.current
        if current is not None and holds(current):
            return current
        time.sleep(0.02)
    raise AssertionError(made.current)


def ended(launch: Launch) -> bool:
    return not launch.is_running


def test_run_is_named_when_it_is_done(tmp_path: Path) -> None:
    with launcher(tmp_path, _DONE) as made:
        assert made.current is None
        made.start(ORDER, by="operator")
        done = until(made, ended)
    assert (done.state, done.run_hash, done.percent) == (LaunchState.DONE, "abc", 40)
    assert done.ended_at is not None


def test_error_is_said_in_its_own_words(tmp_path: Path) -> None:
    with launcher(tmp_path, "print('error: no candles', file=sys.stderr); sys.exit(3)") as made:
        made.start(ORDER, by="operator")
        failed = until(made, ended)
    assert (failed.state, failed.problem) == (LaunchState.FAILED, "no candles")


def test_second_one_is_refused_and_the_first_can_be_cancelled_and_another_begun(
    tmp_path: Path,
) -> None:
    with launcher(tmp_path, "time.sleep(60)") as made:
        made.start(ORDER, by="operator")
        running = until(made, lambda launch: launch.percent == 40)
        assert running.stage == "Backtesting"
        with pytest.raises(ConfigurationError, match="still running"):
            made.start(ORDER, by="another")
        assert made.cancel(by="somebody") == ORDER
        cancelled = until(made, ended)
        assert (cancelled.state, cancelled.problem) == (
            LaunchState.CANCELLED,
            "cancelled by somebody",
        )
        made.start(ORDER, by="another")
        assert made.current is not None
        assert made.current.is_running


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with launcher(tmp_path, "time.sleep(60)", limit_s=0.5) as made:
        made.start(ORDER, by="operator")
        assert until(made, ended).state is LaunchState.OVERDUE


def test_it_is_told_where_the_installation_is_and_stands_behind_everything_else(
    tmp_path: Path,
) -> None:
    text = (
        "time.sleep(0.3); print('error:', os.environ['PRORATIO_USER_DATA'], os.nice(0), "
        "os.getpgid(0) == os.getpid(), file=sys.stderr); sys.exit(1)"
    )
    with launcher(tmp_path, text) as made:
        made.start(ORDER, by="operator")
        assert until(made, ended).problem == f"{tmp_path.resolve()} 15 True"


def test_it_ends_with_the_dashboard(tmp_path: Path) -> None:
    with launcher(tmp_path, "time.sleep(60)") as made:
        made.start(ORDER, by="operator")
        until(made, lambda launch: launch.percent == 40)
        assert made._process is not None
        pid = made._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
