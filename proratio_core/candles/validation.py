"""What makes a candle frame believable: every rule, and what to do when it is broken.

All of it is pure. `check_frame` judges and changes nothing; `clean_frame` makes the only three
repairs that need no guess. Whatever else is wrong is refused, never mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import columns_of, open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.values import SeriesKey, SeriesKind, Timeframe

__all__ = ["Finding", "Severity", "check_frame", "clean_frame", "errors_of"]

_Mask = npt.NDArray[np.bool_]

_MIXED_RUN_CANDLES: Final = 10
"""So many candles in a row at another distance are another timeframe, not a gap."""
_JUMP_FRAC: Final = 0.10
_SPIKE_FRAC: Final = 0.50
_FUNDING_FRAC: Final = 0.03

_FROM_SOURCE: Final = "get the file again from its source"
_REPAIR: Final = "import with --clean to repair it"


class Severity(StrEnum):
    """Whether a frame may be stored."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Parameters
    ----------
    severity
        An error must not be stored; a warning is worth a look.
    code
        The rule's name.
    open_time
        Open time of the first candle concerned; None when the whole frame is.
    detail
        What came, what was expected, and the remedy.
    candles
        How many candles are concerned.
    """

    severity: Severity
    code: str
    open_time: datetime | None
    detail: str
    candles: int = 0

    def __str__(self) -> str:
        return self.detail


@dataclass(frozen=True)
class _Rows:
    """A frame as arrays: open times in ms, value columns, and what they should be."""

    times_ms: npt.NDArray[np.int64]
    values: Mapping[str, npt.NDArray[np.float64]]
    key: SeriesKey
    now_ms: int


def check_frame(frame: pd.DataFrame, key: SeriesKey, *, now: datetime) -> tuple[Finding, ...]:
    """Return every rule that `frame` breaks, errors first; nothing when all hold.

    Parameters
    ----------
    frame
        Anything that claims to be a candle frame of the series.
    key
        The series; its timeframe and kind decide which rules apply.
    now
        The wall time; a candle that closes after it is not finished.
    """
    shape = _shape(frame, key)
    if shape is not None:
        return (shape,)
    values = {name: frame[name].to_numpy(np.float64) for name in columns_of(key.kind)}
    rows = _Rows(open_times_ms(frame), values, key, to_ms(now))
    rules = _FUNDING_RULES if key.kind is SeriesKind.FUNDING else _CANDLE_RULES
    found = [finding for rule in rules for finding in rule(rows)]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.ERROR))


def errors_of(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that forbid storing the frame."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def clean_frame(frame: pd.DataFrame, key: SeriesKey, *, now: datetime) -> pd.DataFrame:
    """Return `frame` sorted, without exact duplicates and without unfinished or future candles.

    Two different candles of the same open time are both kept: `check_frame` refuses them, because
    choosing one would be a guess.
    """
    limit_ms = to_ms(now) - _duration_ms(key)
    kept = frame[open_times_ms(frame) <= limit_ms]
    return (
        kept.drop_duplicates(subset=["date", *columns_of(key.kind)])
        .sort_values("date", kind="stable")
        .reset_index(drop=True)
    )


def _duration_ms(key: SeriesKey) -> int:
    """How long after its open time a row is final; a funding rate is so at once."""
    return 0 if key.kind is SeriesKind.FUNDING else key.timeframe.ms


def _shape(frame: pd.DataFrame, key: SeriesKey) -> Finding | None:
    expected = ("date", *columns_of(key.kind))
    missing = [name for name in expected if name not in frame.columns]
    if missing:
        return Finding(
            Severity.ERROR,
            "columns",
            None,
            f"the columns are {', '.join(map(str, frame.columns))}; expected "
            f"{', '.join(expected)}: {_FROM_SOURCE}",
        )
    if not isinstance(frame["date"].dtype, pd.DatetimeTZDtype):
        return Finding(
            Severity.ERROR,
            "date_type",
            None,
            f"the column date is {frame['date'].dtype}; expected timestamps in UTC: {_FROM_SOURCE}",
        )
    return None


def _found(
    rows: _Rows, mask: _Mask, code: str, what: str, *, remedy: str, error: bool = True
) -> Iterator[Finding]:
    """Yield one finding for the candles `mask` selects, naming the first of them."""
    where = np.flatnonzero(mask)
    if len(where) == 0:
        return
    first_ms = int(rows.times_ms[where[0]])
    moment = from_ms(first_ms) if first_ms > np.iinfo(np.int64).min else None
    shown = " ".join(f"{name} {column[where[0]]:.10g}" for name, column in rows.values.items())
    time = "without a date" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
    noun = "candle" if len(where) == 1 else "candles"
    yield Finding(
        Severity.ERROR if error else Severity.WARNING,
        code,
        moment,
        f"{len(where)} {noun} {what}; the first is {time} ({shown}): {remedy}",
        len(where),
    )


def _not_finite(rows: _Rows) -> Iterator[Finding]:
    mask = rows.times_ms == np.iinfo(np.int64).min
    for column in rows.values.values():
        mask |= ~np.isfinite(column)
    what = "with a missing, NaN or infinite value, expected finite numbers"
    yield from _found(rows, mask, "not_finite", what, remedy=_FROM_SOURCE)


def _order(rows: _Rows) -> Iterator[Finding]:
    mask = np.zeros(len(rows.times_ms), bool)
    mask[1:] = np.diff(rows.times_ms) < 0
    what = "out of order, expected ascending open times"
    yield from _found(rows, mask, "unordered", what, remedy=_REPAIR)


def _duplicates(rows: _Rows) -> Iterator[Finding]:
    order = np.argsort(rows.times_ms, kind="stable")
    times = rows.times_ms[order]
    again = np.zeros(len(times), bool)
    again[1:] = times[1:] == times[:-1]
    if not again.any():
        return
    equal = again.copy()
    for column in rows.values.values():
        equal[1:] &= column[order][1:] == column[order][:-1]
    same, conflict = np.zeros_like(again), np.zeros_like(again)
    same[order], conflict[order] = equal, again & ~equal
    what = "twice with different values, expected one candle per open time"
    yield from _found(rows, conflict, "conflicting_duplicate", what, remedy=_FROM_SOURCE)
    what = "twice, expected one candle per open time"
    yield from _found(rows, same, "duplicate", what, remedy=_REPAIR)


def _unfinished(rows: _Rows) -> Iterator[Finding]:
    future = rows.times_ms > rows.now_ms
    what = f"in the future, now it is {from_ms(rows.now_ms):%Y-%m-%d %H:%M:%S} UTC"
    remedy = f"check this machine's clock, or {_REPAIR}"
    yield from _found(rows, future, "future", what, remedy=remedy)
    open_still = ~future & (rows.times_ms + _duration_ms(rows.key) > rows.now_ms)
    what = "not finished yet, expected closed candles only"
    yield from _found(rows, open_still, "unfinished", what, remedy=_REPAIR)


def _grid(rows: _Rows) -> Iterator[Finding]:
    mask = rows.times_ms % rows.key.timeframe.ms != 0
    what = f"off the {rows.key.timeframe} grid, expected open times at multiples of it"
    remedy = "the file mixes timeframes or is misnamed; name it for what it holds"
    yield from _found(rows, mask, "off_grid", what, remedy=remedy)


def _mixed_timeframe(rows: _Rows) -> Iterator[Finding]:
    steps = np.diff(rows.times_ms)
    run = min(_MIXED_RUN_CANDLES, len(steps))
    if run < 2:
        return
    for other in Timeframe:
        if other.minutes <= rows.key.timeframe.minutes:
            continue
        apart = np.concatenate(([0], np.cumsum(steps == other.ms)))
        full = np.flatnonzero(apart[run:] - apart[:-run] == run)
        if len(full):
            mask = np.zeros(len(rows.times_ms), bool)
            mask[1:] = steps == other.ms
            what = f"at a distance of {other}, expected {rows.key.timeframe}"
            remedy = "the file mixes timeframes or is misnamed; name it for what it holds"
            yield from _found(rows, mask, "mixed_timeframe", what, remedy=remedy)


def _geometry(rows: _Rows) -> Iterator[Finding]:
    value = rows.values
    body_high = np.maximum(value["open"], value["close"])
    body_low = np.minimum(value["open"], value["close"])
    mask = (value["high"] < body_high) | (value["low"] > body_low)
    what = "with prices that contradict each other, expected low <= open, close <= high"
    yield from _found(rows, mask, "geometry", what, remedy=_FROM_SOURCE)
    what = "with a price that is not positive, expected prices above 0"
    yield from _found(rows, value["low"] <= 0, "price", what, remedy=_FROM_SOURCE)
    what = "with a negative volume, expected 0 or more"
    yield from _found(rows, value["volume"] < 0, "volume", what, remedy=_FROM_SOURCE)


def _anomalies(rows: _Rows) -> Iterator[Finding]:
    value, look = rows.values, "look there before trusting a backtest that crosses it"
    positive = (value["low"] > 0) & (value["close"] > 0)
    jump = np.zeros(len(rows.times_ms), bool)
    neighbours = (np.diff(rows.times_ms) == rows.key.timeframe.ms) & positive[:-1]
    previous = np.where(positive[:-1], value["close"][:-1], 1.0)
    jump[1:] = neighbours & (np.abs(value["open"][1:] / previous - 1) > _JUMP_FRAC)
    what = f"with an open more than {_JUMP_FRAC:.0%} away from the close before"
    yield from _found(rows, jump, "jump", what, remedy=look, error=False)
    low = np.where(positive, value["low"], 1.0)
    spike = positive & (value["high"] / low - 1 > _SPIKE_FRAC)
    spike &= rows.key.timeframe is not Timeframe.D1  # a day may do so honestly
    what = f"with more than {_SPIKE_FRAC:.0%} from low to high"
    yield from _found(rows, spike, "spike", what, remedy=look, error=False)
    if rows.key.kind is SeriesKind.CANDLE:
        what = "without any volume"
        yield from _found(rows, value["volume"] == 0, "idle", what, remedy=look, error=False)


def _extreme_funding(rows: _Rows) -> Iterator[Finding]:
    mask = np.abs(rows.values["funding_rate"]) > _FUNDING_FRAC
    what = f"with a funding rate beyond {_FUNDING_FRAC:.0%}"
    yield from _found(rows, mask, "funding", what, remedy="check its unit: a fraction", error=False)


_Rule = Callable[[_Rows], Iterator[Finding]]
_ANY_RULES: Final[tuple[_Rule, ...]] = (_not_finite, _duplicates, _order, _unfinished)
_CANDLE_RULES: Final[tuple[_Rule, ...]] = (
    *_ANY_RULES,
    _grid,
    _mixed_timeframe,
    _geometry,
    _anomalies,
)
_FUNDING_RULES: Final[tuple[_Rule, ...]] = (*_ANY_RULES, _extreme_funding)
