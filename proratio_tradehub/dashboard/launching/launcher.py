"""Runs `proratio backtest` for the dashboard: apart, behind everything else, one at a time.

Its state lives here and not with a visitor: who loads the page anew, or looks at it from another
machine, sees the same run.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Lock, Thread
from typing import IO, Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings, environment_with
from proratio_tradehub.dashboard.launching.launch import (
    Launch,
    LaunchState,
    problem_of,
    run_hash_of,
    step_of,
)
from proratio_tradehub.dashboard.launching.order import BacktestOrder

__all__ = ["Launcher"]

_log = logging.getLogger(__name__)
_NICENESS: Final = 15
_LIMIT_S: Final = 3_600.0
_GRACE_S: Final = 10.0
_KEPT_LINES: Final = 40
_LARGEST_OUTPUT: Final = 64_000_000
_COMMAND: Final = (
    *(sys.executable, "-P", "-W", "ignore"),
    *("-c", "from proratio_tradehub.cli.main import run; run()"),
)


class Launcher:
    """Starts a backtest, follows it, and ends it.

    Parameters
    ----------
    settings
        The installation the backtest is of.
    clock
        For when it began and ended.
    command
        What carries out an order's words.
    limit_s
        How long one may take.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        command: Sequence[str] = _COMMAND,
        limit_s: float = _LIMIT_S,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._command = tuple(command)
        self._limit_s = limit_s
        self._lock = Lock()
        self._current: Launch | None = None
        self._process: subprocess.Popen[str] | None = None
        self._attendant: Thread | None = None
        self._cancelled_by = ""

    @property
    def current(self) -> Launch | None:
        """The backtest that runs, or else the last that ran; None before any."""
        with self._lock:
            return self._current

    def start(self, order: BacktestOrder, *, by: str) -> None:
        """Start a backtest; return at once.

        Raises
        ------
        ConfigurationError
            Another one is running.
        """
        with self._lock:
            if self._current is not None and self._current.is_running:
                raise ConfigurationError(
                    f"{self._current.order.title} is still running; wait for it, or cancel it"
                )
            _log.info("%s starts a backtest: %s", by, " ".join(order.words))
            process = self._begin(order)
            self._current = Launch(order, by, self._clock.now())
            self._process, self._cancelled_by = process, ""
            self._attendant = Thread(target=self._attend, args=(process,), daemon=True)
            self._attendant.start()

    def cancel(self, *, by: str) -> BacktestOrder | None:
        """End the backtest that is running and return it; None without one."""
        with self._lock:
            if self._current is None or not self._current.is_running or self._process is None:
                return None
            _log.info("%s cancels the backtest %s", by, self._current.order.title)
            self._current = replace(self._current, stage="Ending it")
            self._cancelled_by = by
            order, process = self._current.order, self._process
        Thread(target=_end, args=(process,), daemon=True).start()
        return order

    def close(self) -> None:
        """End what is running and wait for its end."""
        with self._lock:
            process, attendant = self._process, self._attendant
        if process is not None and process.poll() is None:
            _end(process)
        if attendant is not None:
            attendant.join(_GRACE_S)

    def _begin(self, order: BacktestOrder) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*self._command, *order.words],
            env=environment_with(self._variables()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with suppress(OSError):  # it ended already, or the system does not let it: no harm
            os.setpriority(os.PRIO_PGRP, process.pid, _NICENESS)
        return process

    def _variables(self) -> dict[str, str]:
        """Return where the installation is; it has no other way to know what we were told."""
        url = self._settings.database_url
        stated = {} if url is None else {"DATABASE_URL": url.get_secret_value()}
        return {**stated, "PRORATIO_USER_DATA": str(self._settings.user_data.resolve())}

    def _attend(self, process: subprocess.Popen[str]) -> None:
        lines: deque[str] = deque(maxlen=_KEPT_LINES)
        output: list[str] = []
        readers = (
            Thread(target=self._follow, args=(process.stderr, lines), daemon=True),
            Thread(target=_collect, args=(process.stdout, output), daemon=True),
        )
        for reader in readers:
            reader.start()
        overdue = False
        try:
            process.wait(self._limit_s)
        except subprocess.TimeoutExpired:
            overdue = True
            _end(process)
        for reader in readers:
            reader.join(_GRACE_S)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        self._conclude(process.returncode, list(lines), "".join(output), overdue=overdue)

    def _follow(self, stream: IO[str], lines: deque[str]) -> None:
        for line in stream:
            step = step_of(line)
            if step is None:
                lines.append(line)
                continue
            with self._lock:
                if self._current is not None and not self._cancelled_by:
                    self._current = replace(self._current, stage=step[0], percent=step[1])

    def _conclude(self, code: int, lines: list[str], output: str, *, overdue: bool) -> None:
        with self._lock:
            if self._current is None:
                return
            if self._cancelled_by:
                state, problem = LaunchState.CANCELLED, f"cancelled by {self._cancelled_by}"
            elif overdue:
                state = LaunchState.OVERDUE
                problem = f"it took longer than {self._limit_s / 60:g} min and was ended"
            elif code == 0:
                state, problem = LaunchState.DONE, ""
            else:
                state, problem = LaunchState.FAILED, problem_of(lines, code)
            self._current = replace(
                self._current,
                state=state,
                problem=problem,
                run_hash=run_hash_of(output) if state is LaunchState.DONE else None,
                ended_at=self._clock.now(),
            )
            _log.info("the backtest %s is %s", self._current.order.title, self._current.state)


def _collect(stream: IO[str], output: list[str]) -> None:
    """Read to the end, so that the process never waits for us; keep what is not absurdly large."""
    kept = 0
    for line in stream:
        kept += len(line)
        if kept <= _LARGEST_OUTPUT:
            output.append(line)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process and all it started to end; after a while make them."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_GRACE_S)
