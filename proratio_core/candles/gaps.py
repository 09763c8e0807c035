"""Gaps: where candles are missing, and the ledger of those nobody can supply.

Finding a gap is arithmetic on open times. Explaining one needs a source that was asked and said
no; the ledger keeps what it answered, so that nobody asks twice and nobody fills in a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from proratio_core.clock import from_ms, to_ms
from proratio_core.values import SeriesKey, SeriesKind, Timeframe

if TYPE_CHECKING:
    from proratio_core.database import Database

__all__ = [
    "Gap",
    "GapLedger",
    "RecordedGap",
    "find_funding_gaps",
    "find_gaps",
    "find_series_gaps",
    "subtract_gaps",
]

_LONGEST_FUNDING_INTERVAL_MS: Final = 8 * 3_600_000
"""No perpetual market settles funding less often than every eight hours."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A run of missing candles, both ends included.

    Parameters
    ----------
    first_open_time, last_open_time
        Open times of the first and the last missing candle.
    candles
        How many are missing.
    """

    first_open_time: datetime
    last_open_time: datetime
    candles: int

    def __str__(self) -> str:
        return (
            f"{self.first_open_time:%Y-%m-%d %H:%M} .. {self.last_open_time:%Y-%m-%d %H:%M} "
            f"({self.candles} missing)"
        )


@dataclass(frozen=True, slots=True)
class RecordedGap:
    """A gap that the source confirmed, its reason, and when it said so."""

    gap: Gap
    reason: str
    recorded_at: datetime


def find_gaps(open_times_ms: npt.NDArray[np.int64], timeframe: Timeframe) -> tuple[Gap, ...]:
    """Return the runs of missing candles between the first and the last open time.

    Parameters
    ----------
    open_times_ms
        Ascending open times in milliseconds since the Unix epoch, shape (n,).
    timeframe
        The distance neighbours should have.

    Examples
    --------
    >>> hour = Timeframe.H1.ms
    >>> [gap.candles for gap in find_gaps(np.array([0, hour, 4 * hour]), Timeframe.H1)]
    [2]
    """
    before = np.flatnonzero(np.diff(open_times_ms) > timeframe.ms)
    return tuple(
        _between(int(open_times_ms[i]), int(open_times_ms[i + 1]), timeframe.ms) for i in before
    )


def find_funding_gaps(open_times_ms: npt.NDArray[np.int64]) -> tuple[Gap, ...]:
    """Return the runs of missing funding rates.

    An exchange may change a market's funding interval (8 h to 4 h to 1 h and back), so a step is
    missing something when it is longer than eight hours, or longer than both of its neighbours.

    Parameters
    ----------
    open_times_ms
        Ascending settlement times in milliseconds since the Unix epoch, shape (n,).
    """
    steps = np.diff(open_times_ms)
    if len(steps) == 0:
        return ()
    beside = np.concatenate((steps[:1], steps, steps[-1:]))
    usual = np.maximum(beside[:-2], beside[2:])
    usual[0], usual[-1] = beside[2], beside[-3]
    missing = (steps > _LONGEST_FUNDING_INTERVAL_MS) | (steps > usual)
    interval = np.minimum(usual, _LONGEST_FUNDING_INTERVAL_MS)
    return tuple(
        _between(int(open_times_ms[i]), int(open_times_ms[i + 1]), int(interval[i]))
        for i in np.flatnonzero(missing)
    )


def find_series_gaps(open_times_ms: npt.NDArray[np.int64], key: SeriesKey) -> tuple[Gap, ...]:
    """Return the gaps of a series by the rule that suits its kind."""
    if key.kind is SeriesKind.FUNDING:
        return find_funding_gaps(open_times_ms)
    return find_gaps(open_times_ms, key.timeframe)


def subtract_gaps(
    gaps: Iterable[Gap], explained: Iterable[Gap], timeframe: Timeframe
) -> tuple[Gap, ...]:
    """Return the parts of `gaps` that `explained` does not cover.

    Parameters
    ----------
    gaps
        What is missing.
    explained
        What the source is known not to have; any order, may overlap.
    timeframe
        Distance of two candles.
    """
    covers = sorted((to_ms(e.first_open_time), to_ms(e.last_open_time)) for e in explained)
    left: list[Gap] = []
    for gap in gaps:
        start, end = to_ms(gap.first_open_time), to_ms(gap.last_open_time)
        for cover_start, cover_end in covers:
            if cover_end < start or cover_start > end:
                continue
            if cover_start > start:
                left.append(_between(start - timeframe.ms, cover_start, timeframe.ms))
            start = cover_end + timeframe.ms
        if start <= end:
            left.append(_between(start - timeframe.ms, end + timeframe.ms, timeframe.ms))
    return tuple(left)


def _between(before_ms: int, after_ms: int, step_ms: int) -> Gap:
    """Return the gap between two open times that exist."""
    candles = max(1, -(-(after_ms - before_ms) // step_ms) - 1)
    first_ms = before_ms + step_ms
    return Gap(from_ms(first_ms), from_ms(first_ms + (candles - 1) * step_ms), candles)


class GapLedger:
    """The gaps a source was asked about and confirmed.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, key: SeriesKey, gaps: Iterable[Gap], *, reason: str) -> None:
        """Keep `gaps` with the reason the source gave; a gap that starts alike is replaced."""
        identity = (key.exchange, str(key.pair), key.timeframe.value, key.kind.value)
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO series (exchange, symbol, timeframe, kind) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                identity,
            )
            for gap in gaps:
                cursor.execute(
                    "INSERT INTO gap (series_id, first_open_time, last_open_time, reason) "
                    "SELECT id, %s, %s, %s FROM series WHERE exchange = %s AND symbol = %s "
                    "AND timeframe = %s AND kind = %s "
                    "ON CONFLICT (series_id, first_open_time) DO UPDATE SET last_open_time = "
                    "excluded.last_open_time, reason = excluded.reason, recorded_at = now()",
                    (gap.first_open_time, gap.last_open_time, reason, *identity),
                )

    def recorded(self, key: SeriesKey) -> tuple[RecordedGap, ...]:
        """Return the recorded gaps of a series, oldest first."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT first_open_time, last_open_time, reason, recorded_at "
                "FROM gap JOIN series ON series.id = gap.series_id WHERE exchange = %s "
                "AND symbol = %s AND timeframe = %s AND kind = %s ORDER BY first_open_time",
                (key.exchange, str(key.pair), key.timeframe.value, key.kind.value),
            )
            rows = cursor.fetchall()
        return tuple(
            RecordedGap(_spanning(first, last, key.timeframe), reason, recorded_at)
            for first, last, reason, recorded_at in rows
        )


def _spanning(first: datetime, last: datetime, timeframe: Timeframe) -> Gap:
    return Gap(first, last, (to_ms(last) - to_ms(first)) // timeframe.ms + 1)
