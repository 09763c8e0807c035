"""How a supervised bot is: a small file that whoever asks can read, a container's check too."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.errors import DataError
from proratio_core.settings import Settings

__all__ = ["Health", "State", "health_path", "read_health"]

FRESH: Final = timedelta(seconds=30)
"""A supervisor writes every five seconds; one that has not for so long is gone."""

LOOPS: Final = timedelta(minutes=5)
"""A bot that has not made a loop for so long is not well, whatever the process does."""


class State(StrEnum):
    """What a supervisor is doing."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """Before the next start of a bot that died."""

    STOPPED = "stopped"
    FAILED = "failed"
    """It gave up: another start would end as the last one did."""


@dataclass(frozen=True, slots=True)
class Health:
    """One report of a supervisor.

    Parameters
    ----------
    strategy, mark
        What runs, and whose money it is about.
    state
        What the supervisor is doing.
    supervisor_pid, bot_pid
        The processes; no bot is None.
    started_at, updated_at
        When the supervisor began, and when it wrote this.
    restarts
        How often a dead bot was started again.
    last_loop_at
        When the bot last finished a loop; None before the first.
    detail
        Why it is not running; empty when it is.
    """

    strategy: str
    mark: str
    state: State
    supervisor_pid: int
    bot_pid: int | None
    started_at: datetime
    updated_at: datetime
    restarts: int = 0
    last_loop_at: datetime | None = None
    detail: str = ""

    def trouble(self, now: datetime) -> str:
        """Return why this bot is not well; empty when it is."""
        if self.state is not State.RUNNING:
            return f"{self.state}{f': {self.detail}' if self.detail else ''}"
        if now - self.updated_at > FRESH:
            return f"its supervisor has not been heard of since {self.updated_at:%Y-%m-%d %H:%M:%S}"
        if self.last_loop_at is None:
            return "it has made no loop yet"
        if now - self.last_loop_at > LOOPS:
            return f"its last loop was at {self.last_loop_at:%Y-%m-%d %H:%M:%S}"
        return ""

    def write(self, path: Path) -> None:
        """Replace the report at `path`, whole or not at all.

        Raises
        ------
        OSError
            The folder is not writable.
        """
        beside = path.with_suffix(f".{os.getpid()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(self))
        beside.replace(path)


def health_path(settings: Settings, strategy: str) -> Path:
    """Return where the supervisor of a strategy reports."""
    return settings.state_dir / "paper" / f"{strategy}.json"


def read_health(settings: Settings) -> tuple[Health, ...]:
    """Return the last report of every supervisor of this installation, by strategy.

    Raises
    ------
    DataError
        A file is not a report.
    """
    reports = []
    for path in sorted((settings.state_dir / "paper").glob("*.json")):
        try:
            reports.append(msgspec.json.decode(path.read_bytes(), type=Health))
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(
                f"the health report {path} is not readable ({error}); remove it, a running "
                "supervisor writes it again"
            ) from error
    return tuple(reports)
