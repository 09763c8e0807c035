"""How the signal service is: what it reports every two seconds.

A report is never the ground of an entry; that is the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from proratio_core.health_file import HealthFile
from proratio_core.settings import Settings

__all__ = ["Condition", "Health", "health_file"]

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


def health_file(settings: Settings, profile: str) -> HealthFile[Health]:
    """Return where the service for a profile reports."""
    return HealthFile(settings.state_dir / f"signals-{profile}.json", Health)
