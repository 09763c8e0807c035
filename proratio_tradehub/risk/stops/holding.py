"""A position that went nowhere is closed after a while. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from proratio_core.errors import RiskError

__all__ = ["is_overdue"]


def is_overdue(opened_at: datetime, now: datetime, longest: timedelta) -> bool:
    """Return whether a position has been held for as long as it may be.

    Parameters
    ----------
    opened_at, now
        When it was entered and the time it is, UTC.
    longest
        How long it may be held; reaching it is enough.

    Raises
    ------
    RiskError
        The span is not above zero.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> is_overdue(noon, noon + timedelta(hours=24), timedelta(hours=24))
    True
    """
    if longest <= timedelta(0):
        raise RiskError(f"longest holding time is {longest}; expected a span above zero")
    return now - opened_at >= longest
