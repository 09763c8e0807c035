"""A moment as a person types it: a date, a date and a time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from proratio_core.errors import ConfigurationError

__all__ = ["moment_of"]

_AGO: Final = re.compile(r"(\d{1,6})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def moment_of(text: str, *, now: datetime) -> datetime:
    """Return the moment `text` names; a time without a zone is UTC.

    Raises
    ------
    ConfigurationError
        It is none of these.

    Examples
    --------
    >>> moment_of("36h", now=datetime(2024, 3, 14, 12, tzinfo=UTC)).isoformat()
    '2024-03-13T00:00:00+00:00'
    """
    ago = _AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(
            f"{text!r} names no moment; write 2024-03-14, 2024-03-14T12:00, or how long ago: "
            "90m, 24h, 7d"
        ) from error
