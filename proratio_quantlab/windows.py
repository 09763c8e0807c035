"""Which candles teach and which test, window after window. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proratio_core.errors import DataError
from proratio_core.values import Timeframe, Timerange

__all__ = ["Window", "WindowPlan", "windows"]

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """One step of a walk forward; both spans are half-open, the test after the training.

    Parameters
    ----------
    number
        From 1.
    train, test
        Open times of the candles to learn from, and of those to be judged on.
    """

    number: int
    train: Timerange
    test: Timerange

    @property
    def test_days(self) -> int:
        """Length of the test."""
        return (_end(self.test) - _start(self.test)).days


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """How the windows are cut.

    Parameters
    ----------
    train_days, test_days
        Length of the training and of the test; tests follow each other without a gap.
    anchored
        Let every training begin where the first does, instead of moving along.
    purge_candles
        Candles taken off the end of each training: what was decided there may still have been
        open when the test begins.
    embargo_candles
        Candles taken off besides, for what neighbouring candles have in common.
    """

    train_days: int
    test_days: int
    anchored: bool = False
    purge_candles: int = 0
    embargo_candles: int = 0

    def __post_init__(self) -> None:
        if self.train_days < 1 or self.test_days < 1:
            raise DataError(
                f"windows of {self.train_days} days to learn from and {self.test_days} to be "
                "tested on: both need at least one day"
            )
        if self.purge_candles < 0 or self.embargo_candles < 0:
            raise DataError("purge and embargo are numbers of candles, 0 or more")


def windows(span: Timerange, plan: WindowPlan, timeframe: Timeframe) -> tuple[Window, ...]:
    """Return the windows of a span, in the order of time; days at its end may be left over.

    Parameters
    ----------
    span
        Both ends stated. It begins at the first whole UTC day.
    plan
        How long the windows are, and how far apart training and test.
    timeframe
        Length of a candle.

    Raises
    ------
    DataError
        Not even one window fits, or nothing is left to learn from.

    Notes
    -----
    Source: Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd edition, 2008,
    chapter 11; purging and embargo after Lopez de Prado, "Advances in Financial Machine Learning",
    2018, chapter 7. Here nothing is ever learned from candles after a test, so both widen the one
    gap before it.
    """
    start, end = _midnight(_start(span)), _end(span)
    gap = timedelta(milliseconds=timeframe.ms) * (plan.purge_candles + plan.embargo_candles)
    train, test = timedelta(days=plan.train_days), timedelta(days=plan.test_days)
    count = (end - start - train) // test
    if count < 1:
        raise DataError(
            f"{plan.train_days} days to learn from and {plan.test_days} to be tested on need "
            f"{plan.train_days + plan.test_days} days; {span} has {max((end - start).days, 0)}. "
            "Take shorter windows or a longer --timerange"
        )
    if gap >= train:
        raise DataError(
            f"purge and embargo of {plan.purge_candles + plan.embargo_candles} candles leave "
            f"nothing of {plan.train_days} days to learn from"
        )
    found = []
    for number in range(count):
        begin = start + train + number * test
        first = start if plan.anchored else begin - train
        found.append(
            Window(number + 1, Timerange(first, begin - gap), Timerange(begin, begin + test))
        )
    return tuple(found)


def _midnight(moment: datetime) -> datetime:
    """Return the first midnight not before `moment`."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == moment else day + _DAY


def _start(span: Timerange) -> datetime:
    if span.start is None:
        raise DataError(f"windows need a span with both ends stated, not {span}")
    return span.start


def _end(span: Timerange) -> datetime:
    if span.end is None:
        raise DataError(f"windows need a span with both ends stated, not {span}")
    return span.end
