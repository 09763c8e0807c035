"""What the panel is asked: one candle of one series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey

__all__ = ["Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """What to do at the close of a candle.

    Parameters
    ----------
    key
        The series.
    as_of
        Close time of the judged candle, timezone-aware and on the grid of the timeframe.

    Raises
    ------
    DataError
        `as_of` has no timezone, or no candle of this timeframe ever closes then.
    """

    key: SeriesKey
    as_of: datetime

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise DataError(f"{self.as_of} has no timezone; pass an aware UTC time")
        if to_ms(self.as_of) % self.key.timeframe.ms:
            raise DataError(
                f"no {self.key.timeframe} candle closes at {self.as_of:%Y-%m-%d %H:%M:%S %Z}; "
                "ask about a close time on the grid of the timeframe"
            )

    def __str__(self) -> str:
        return f"{self.key} at {self.as_of:%Y-%m-%d %H:%M %Z}"
