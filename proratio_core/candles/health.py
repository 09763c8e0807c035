"""The health of what is stored: every rule checked again, every gap listed with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.gaps import Gap, GapLedger, find_series_gaps, subtract_gaps
from proratio_core.candles.store import CandleStore
from proratio_core.candles.validation import Finding, check_frame, errors_of
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey

__all__ = ["ListedGap", "SeriesHealth", "check_health"]


@dataclass(frozen=True, slots=True)
class ListedGap:
    """A gap, and why nobody can fill it; None when no source was asked yet."""

    gap: Gap
    reason: str | None


@dataclass(frozen=True, slots=True)
class SeriesHealth:
    """What is known of one series; the times are open times, None when it has no rows."""

    key: SeriesKey
    rows: int
    first_open_time: datetime | None
    last_open_time: datetime | None
    gaps: tuple[ListedGap, ...]
    findings: tuple[Finding, ...]

    @property
    def missing_candles(self) -> int:
        """How many candles lie in gaps."""
        return sum(listed.gap.candles for listed in self.gaps)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the series unusable."""
        return errors_of(self.findings)


class HealthProgress(Protocol):
    """Told after every series."""

    def __call__(self, done: int, total: int, health: SeriesHealth, /) -> None:
        """Take note."""
        ...


def check_health(
    store: CandleStore,
    ledger: GapLedger,
    keys: Iterable[SeriesKey] | None = None,
    *,
    now: datetime,
    progress: HealthProgress | None = None,
) -> tuple[SeriesHealth, ...]:
    """Return the health of `keys`, or of every stored series.

    Parameters
    ----------
    store, ledger
        The candles, and what is known about missing ones.
    keys
        Which series; None for all.
    now
        The wall time; no stored candle may close after it.
    progress
        Called after each series.

    Raises
    ------
    DataError
        A series is not stored.
    """
    wanted = tuple(s.key for s in store.series()) if keys is None else tuple(keys)
    found = store.find(wanted)
    result: list[SeriesHealth] = []
    for key in wanted:
        if key not in found:
            raise DataError(f"{key} is not in the store; `proratio data status` lists what is")
        result.append(_examine(store, ledger, key, now=now))
        if progress is not None:
            progress(len(result), len(wanted), result[-1])
    return tuple(result)


def _examine(
    store: CandleStore, ledger: GapLedger, key: SeriesKey, *, now: datetime
) -> SeriesHealth:
    frame = store.read(key)
    dates = frame["date"]
    found = find_series_gaps(open_times_ms(frame), key)
    return SeriesHealth(
        key,
        len(frame),
        None if frame.empty else dates.iloc[0].to_pydatetime(),
        None if frame.empty else dates.iloc[-1].to_pydatetime(),
        _with_reasons(found, ledger, key),
        check_frame(frame, key, now=now),
    )


def _with_reasons(
    found: tuple[Gap, ...], ledger: GapLedger, key: SeriesKey
) -> tuple[ListedGap, ...]:
    """Split each gap into what is explained, reason by reason, and what is not."""
    recorded = ledger.recorded(key)
    unknown = subtract_gaps(found, [entry.gap for entry in recorded], key.timeframe)
    listed = [ListedGap(gap, None) for gap in unknown]
    for entry in recorded:
        outside = subtract_gaps([entry.gap], found, key.timeframe)
        still = subtract_gaps([entry.gap], outside, key.timeframe)
        listed += [ListedGap(gap, entry.reason) for gap in still]
    return tuple(sorted(listed, key=lambda one: one.gap))
