"""A supervisor and real processes that die, hang and refuse; only Freqtrade is stood in for."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_tradehub.marks import Mark
from proratio_tradehub.paper.back_off import BackOff
from proratio_tradehub.paper.health import Health, State
from proratio_tradehub.paper.supervisor import Supervised, Supervisor

_LOOPS = """
import pathlib, sys, time
print("looping", flush=True)
try:
    while True:
        pathlib.Path(sys.argv[1]).touch()
        time.sleep(0.05)
except KeyboardInterrupt:
    print("in order", flush=True)
"""


def supervised(tmp_path: Path, program: str, **limits: float) -> Supervised:
    pulse = tmp_path / "pulse"
    command = [sys.executable, "-c", program, str(pulse)]
    health = tmp_path / "health.json"
    return Supervised("Probe", Mark.PAPER, command, dict(os.environ), pulse, health, **limits)


def health_in(tmp_path: Path) -> Health:
    return msgspec.json.decode((tmp_path / "health.json").read_bytes(), type=Health)


class Interrupted(SystemClock):
    """A clock that interrupts whoever waits, once something is true."""

    def __init__(self, once: Callable[[], bool]) -> None:
        self._once = once
        self._until = time.monotonic() + 20.0

    def sleep(self, seconds: float) -> None:
        assert time.monotonic() < self._until, "what the test waits for did not happen"
        super().sleep(min(seconds, 0.05))
        if self._once():
            self._once = lambda: False
            raise KeyboardInterrupt


def run(
    what: Supervised, *, until: Callable[[], bool] = lambda: False, said: list[str] | None = None
) -> None:
    heard = [] if said is None else said
    back_off = BackOff(first_s=0.05, longest_s=0.1)
    Supervisor(what, clock=Interrupted(until), say=heard.append, back_off=back_off).run()


def test_ctrl_c_ends_the_bot_in_order_and_says_stopped(tmp_path: Path) -> None:
    said: list[str] = []
    bot = supervised(tmp_path, _LOOPS)
    seen: list[Health] = []

    def running() -> bool:
        report = health_in(tmp_path)
        if report.state is State.RUNNING:
            seen.append(report)
        return bool(seen)

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=running, said=said)

    assert seen[0].last_loop_at is not None
    assert seen[0].bot_pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0].bot_pid, 0)
    assert said[-1] == "in order"
    assert health_in(tmp_path).state is State.STOPPED


def test_a_bot_that_dies_is_started_again_and_counted(tmp_path: Path) -> None:
    bot = supervised(tmp_path, "import sys; print('ERROR: gone'); sys.exit(4)")

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=lambda: health_in(tmp_path).restarts >= 2)

    assert health_in(tmp_path).restarts == 2


def test_a_killed_bot_is_said_to_be_killed_not_what_it_happened_to_say_last(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    details: list[str] = []
    bot = supervised(tmp_path, "import os; print('looping', flush=True); os.kill(os.getpid(), 9)")

    def waiting() -> bool:
        report = health_in(tmp_path)
        details.extend([report.detail] if report.state is State.WAITING else [])
        return bool(details)

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=waiting, said=said)

    assert details == ["the bot was ended by SIGKILL"]
    assert any(
        line.startswith("the bot was ended by SIGKILL; it is started again") for line in said
    )


def test_a_full_disk_does_not_end_the_bot(tmp_path: Path) -> None:
    said: list[str] = []
    bot = replace(supervised(tmp_path, _LOOPS), health=tmp_path / "file" / "health.json")
    (tmp_path / "file").write_text("in the place of the folder")

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=lambda: "looping" in said, said=said)

    assert any(line.startswith("its health cannot be written: ") for line in said)
    assert said[-2] == "in order"


def test_a_configuration_error_ends_it_with_the_bots_own_words(tmp_path: Path) -> None:
    bot = supervised(tmp_path, "import sys; print('ERROR no such strategy'); sys.exit(2)")

    with pytest.raises(ConfigurationError, match="the bot cannot run: ERROR no such strategy"):
        run(bot)

    report = health_in(tmp_path)
    assert (report.state, report.detail) == (State.FAILED, "ERROR no such strategy")


def test_a_bot_that_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + _LOOPS
    said: list[str] = []
    bot = supervised(tmp_path, deaf, stop_s=0.2)

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=lambda: health_in(tmp_path).state is State.RUNNING, said=said)

    assert said[-1] == "the bot did not end within 0.2 s; killed"


def test_a_bot_that_loops_no_more_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    bot = supervised(tmp_path, "import time; time.sleep(60)", stuck_s=0.3)

    with pytest.raises(KeyboardInterrupt):
        run(bot, until=lambda: health_in(tmp_path).restarts >= 1, said=said)

    assert said[0].startswith("the bot has made no loop for ")


def test_a_lock_is_held_until_the_bot_has_ended_too(tmp_path: Path) -> None:
    """A supervisor that was killed and is started again at once must not meet its old bot."""
    lock, seen = tmp_path / "lock", []
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        def running() -> bool:
            if health_in(tmp_path).state is State.RUNNING:
                file.close()  # as a killed process leaves it
                seen.append(_is_free(lock))
            return bool(seen)

        bot = replace(supervised(tmp_path, _LOOPS), held=(file.fileno(),))
        with pytest.raises(KeyboardInterrupt):
            run(bot, until=running)

    assert seen == [False]
    assert _is_free(lock)


def _is_free(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


_SUPERVISES = """
import os, sys, pathlib
from proratio_core.clock import SystemClock
from proratio_tradehub.marks import Mark
from proratio_tradehub.paper.supervisor import Supervised, Supervisor
folder = pathlib.Path(sys.argv[1])
pulse = folder / "pulse"
command = [sys.executable, "-c", sys.argv[2], str(pulse)]
bot = Supervised("Probe", Mark.PAPER, command, dict(os.environ), pulse, folder / "health.json")
Supervisor(bot, clock=SystemClock(), say=print).run()
"""


def test_a_killed_supervisor_leaves_no_bot_behind(tmp_path: Path) -> None:
    """The pipe closes however it dies; the bot's side of it is what `bot.py` runs."""
    watching = (
        "import os, signal, sys, threading\n"
        "threading.Thread(target=lambda: (sys.stdin.buffer.read(1), "
        "os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()\n"
    ) + _LOOPS
    with subprocess.Popen([sys.executable, "-c", _SUPERVISES, str(tmp_path), watching]) as process:
        try:
            bot_pid = _wait_for_pid(tmp_path)
        finally:
            process.send_signal(signal.SIGKILL)
    _wait_until(lambda: not _lives(bot_pid))


def _wait_for_pid(tmp_path: Path) -> int:
    found: list[int] = []

    def running() -> bool:
        file = tmp_path / "health.json"
        if file.exists() and (report := health_in(tmp_path)).state is State.RUNNING:
            found.append(report.bot_pid or 0)
        return bool(found)

    _wait_until(running)
    return found[0]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def _wait_until(what: Callable[[], bool]) -> None:
    until, pause = time.monotonic() + 30.0, threading.Event()
    while not what():
        assert time.monotonic() < until
        pause.wait(0.05)
