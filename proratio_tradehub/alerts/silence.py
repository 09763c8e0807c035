"""Bots that report no more, by the risk report each of them rewrites as it trades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from proratio_tradehub.alerts.cursor import Begun
from proratio_tradehub.alerts.news import Silence
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.marks import Mark

__all__ = ["SILENT_AFTER", "hushed", "silences"]

SILENT_AFTER: Final = timedelta(minutes=5)
"""A bot reports every few seconds, whatever it trades; a restart takes less than this."""


def silences(
    reports: Iterable[RiskReport], begun: Begun, *, now: datetime
) -> tuple[tuple[Silence, ...], Begun]:
    """Return who fell silent and who reports again, and what is known then. Pure."""
    known = {report.account: report for report in reports}
    quiet = hushed(known.values(), now=now)
    changed = sorted((quiet ^ begun.silent) & known.keys())
    news = tuple(
        Silence(
            Mark.of_account(name),
            now,
            name,
            known[name].updated_at,
            len(known[name].positions),
            is_over=name not in quiet,
        )
        for name in changed
    )
    return news, msgspec.structs.replace(begun, silent=quiet)


def hushed(reports: Iterable[RiskReport], *, now: datetime) -> frozenset[str]:
    """Return the accounts whose bot has not reported for too long."""
    return frozenset(one.account for one in reports if now - one.updated_at > SILENT_AFTER)
