"""One process that keeps a bot alive: starts it again when it dies, and ends it when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from proratio_core.clock import Clock, from_ms
from proratio_core.errors import ConfigurationError
from proratio_tradehub.marks import Mark
from proratio_tradehub.paper.back_off import BackOff
from proratio_tradehub.paper.health import Health, State

__all__ = ["Supervised", "Supervisor"]

_LOOK_S: Final = 0.2
_WRITE_S: Final = 5.0
_LAST_LINES: Final = 12
_LASTING: Final = 2
"""What a bot that must not be started again exits with."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """What is kept alive.

    Parameters
    ----------
    strategy, mark
        Its name, and whose money it is about.
    command, environment
        How it is started.
    pulse
        The file it touches once a loop.
    health
        Where its health is reported.
    held
        Descriptors of files the bot keeps open too: a lock on one lasts until both have ended.
    stop_s
        How long it may take to end when it is asked to.
    stuck_s
        A bot without a loop for so long is ended and started again.
    """

    strategy: str
    mark: Mark
    command: Sequence[str]
    environment: Mapping[str, str]
    pulse: Path
    health: Path
    held: tuple[int, ...] = ()
    stop_s: float = 30.0
    stuck_s: float = 900.0


class Supervisor:
    """Keeps one bot alive until it is interrupted.

    Parameters
    ----------
    supervised
        What is kept alive.
    clock
        The time it is.
    say
        Told each line of the bot, and what the supervisor does.
    back_off
        How long it waits before the next start.
    """

    def __init__(
        self,
        supervised: Supervised,
        *,
        clock: Clock,
        say: Callable[[str], None],
        back_off: BackOff | None = None,
    ) -> None:
        self._supervised = supervised
        self._clock = clock
        self._say = say
        self._back_off = back_off or BackOff()
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._written_s = float("-inf")
        now = clock.now()
        self._health = Health(
            supervised.strategy, supervised.mark, State.STARTING, os.getpid(), None, now, now
        )

    def run(self) -> None:
        """Keep the bot alive; returns by KeyboardInterrupt or SystemExit alone, the bot ended.

        Raises
        ------
        ConfigurationError
            The bot cannot run as it is configured; it says why.
        """
        end = State.STOPPED, ""
        try:
            while True:
                lived_s, code = self._live()
                if code == _LASTING:
                    end = State.FAILED, self._last_words()
                    raise ConfigurationError(f"the bot cannot run: {self._last_words()}")
                self._wait(self._back_off.after(lived_s), code)
        finally:
            self._report(*end, bot_pid=None)

    def _live(self) -> tuple[float, int]:
        """Start the bot and wait until it has ended; return how long that was, and its code."""
        began_s = self._clock.monotonic()
        self._supervised.pulse.unlink(missing_ok=True)
        with self._process() as process:
            self._report(State.STARTING, bot_pid=process.pid)
            while process.poll() is None:
                self._clock.sleep(_LOOK_S)
                self._observe(process, began_s)
            return self._clock.monotonic() - began_s, process.returncode

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            self._supervised.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self._supervised.environment),
            pass_fds=self._supervised.held,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends the bot in order
        )
        reader = threading.Thread(target=self._listen, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            yield process
        finally:
            self._end(process)
            reader.join(1.0)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _end(self, process: subprocess.Popen[str]) -> None:
        """Have the bot end in order; whatever is left of it after a while is killed."""
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(self._supervised.stop_s)
            except subprocess.TimeoutExpired:
                self._say(f"the bot did not end within {self._supervised.stop_s:g} s; killed")
                process.kill()
                process.wait()

    def _listen(self, lines: IO[str]) -> None:
        for line in lines:
            self._last_lines.append(line.rstrip())
            self._say(line.rstrip())

    def _observe(self, process: subprocess.Popen[str], began_s: float) -> None:
        """Look at the pulse; end a bot that has none for too long."""
        now_s, loop_at = self._clock.monotonic(), self._last_loop()
        if now_s - self._written_s >= _WRITE_S or loop_at != self._health.last_loop_at:
            state = State.STARTING if loop_at is None else State.RUNNING
            self._report(state, bot_pid=process.pid, last_loop_at=loop_at)
        quiet_s = now_s - began_s
        if loop_at is not None:
            quiet_s = (self._clock.now() - loop_at).total_seconds()
        if quiet_s > self._supervised.stuck_s:
            self._say(f"the bot has made no loop for {quiet_s:.0f} s; it is started again")
            self._end(process)

    def _last_loop(self) -> datetime | None:
        try:
            return from_ms(self._supervised.pulse.stat().st_mtime_ns // 1_000_000)
        except FileNotFoundError:
            return None

    def _wait(self, wait_s: float, code: int) -> None:
        """Wait before the next start, reporting that."""
        detail = f"{_ending(code)}: {self._last_words()}" if code >= 0 else _ending(code)
        self._say(f"{_ending(code)}; it is started again in {wait_s:g} s")
        until_s = self._clock.monotonic() + wait_s
        while (left_s := until_s - self._clock.monotonic()) > 0:
            self._report(State.WAITING, detail, bot_pid=None)
            self._clock.sleep(min(left_s, _WRITE_S))
        self._health = replace(self._health, restarts=self._health.restarts + 1)

    def _last_words(self) -> str:
        """Return the last line with an error in it, else the last line."""
        lines = [line for line in self._last_lines if line.strip()]
        telling = [line for line in lines if "ERROR" in line or "Error" in line]
        return (telling or lines or ["it said nothing"])[-1].strip()

    def _report(
        self,
        state: State,
        detail: str = "",
        *,
        bot_pid: int | None,
        last_loop_at: datetime | None = None,
    ) -> None:
        self._written_s = self._clock.monotonic()
        self._health = replace(
            self._health,
            state=state,
            detail=detail,
            bot_pid=bot_pid,
            last_loop_at=last_loop_at or self._health.last_loop_at,
            updated_at=self._clock.now(),
        )
        try:
            self._health.write(self._supervised.health)
        except OSError as error:  # the bot goes on; who asks for its health finds an old report
            self._say(f"its health cannot be written: {error}")


def _ending(code: int) -> str:
    if code >= 0:
        return f"the bot ended with code {code}"
    return f"the bot was ended by {signal.Signals(-code).name}"
