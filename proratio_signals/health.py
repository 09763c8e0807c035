"""How the signal service is: a small file beside the installation's state, rewritten as it works.

It says what a person or a container's health check needs when nothing else answers. It is never
the ground of an entry; that is the ledger.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.errors import ConfigurationError, DataError
from proratio_core.settings import Settings

__all__ = ["Condition", "Health", "HealthFile", "health_file"]

_FRESH_S: Final = 15.0
"""The service writes every two seconds; one that has not for so long is stuck or was killed."""


class Condition(StrEnum):
    """What the service can do now."""

    READY = "ready"
    DEGRADED = "degraded"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Health:
    """One report.

    Parameters
    ----------
    profile, profile_hash
        Whose questions it answers.
    pid
        Its process.
    condition
        Ready; degraded when no voter answered the last three questions (safe mode: no entries);
        waiting when the database is away.
    detail
        Why it is not ready.
    started_at, updated_at
        When it began, and when it wrote this.
    answered, failed, under_way
        Questions since it began, and at this moment.
    """

    profile: str
    profile_hash: str
    pid: int
    condition: Condition
    detail: str
    started_at: datetime
    updated_at: datetime
    answered: int = 0
    failed: int = 0
    under_way: int = 0

    def is_fresh(self, now: datetime) -> bool:
        """Return whether whoever wrote this was still at work a moment ago."""
        return now - self.updated_at < timedelta(seconds=_FRESH_S)

    def __str__(self) -> str:
        reason = f" ({self.detail})" if self.detail else ""
        return (
            f"{self.profile}: {self.condition}{reason}, {self.answered} answered, "
            f"{self.failed} failed, {self.under_way} under way"
        )


class HealthFile:
    """The file of one service.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, health: Health) -> None:
        """Replace the report, whole or not at all.

        Raises
        ------
        ConfigurationError
            The folder is not writable.
        """
        beside = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(msgspec.json.encode(health))
            beside.replace(self.path)
        except OSError as error:
            raise ConfigurationError(
                f"the health file {self.path} cannot be written ({error}); make its folder writable"
            ) from error

    def read(self) -> Health | None:
        """Return the last report; None when there is none, because none runs or it ended well.

        Raises
        ------
        DataError
            The file is not a report.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Health)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(
                f"the health file {self.path} is not readable ({error}); remove it, a running "
                "service writes it again"
            ) from error

    def remove(self) -> None:
        """Say that the service ended well."""
        self.path.unlink(missing_ok=True)


def health_file(settings: Settings, profile: str) -> HealthFile:
    """Return where the service for a profile reports."""
    return HealthFile(settings.state_dir / f"signals-{profile}.json")
