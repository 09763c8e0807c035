"""Whether the stored candles suffice for a session, told before anything is begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from proratio_core.candles import CandleStore
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey
from proratio_tradehub.paper.plan import ReplayPlan

__all__ = ["check_coverage"]


def check_coverage(plan: ReplayPlan, store: CandleStore, *, startup_candles: int) -> None:
    """Raise unless every pair has candles from the strategy's start-up to the session's end.

    Raises
    ------
    DataError
        What is missing, what there is, and how to get it.
    """
    first = plan.start - startup_candles * plan.candle
    lacking = list(_lacking(plan, store, first))
    if not lacking:
        return
    pairs = " ".join(str(pair) for pair in plan.pairs)
    raise DataError(
        f"the session needs {plan.timeframe} candles from {first:%Y-%m-%d %H:%M} (the strategy "
        f"looks back {startup_candles}) to {plan.end:%Y-%m-%d %H:%M} UTC; {'; '.join(lacking)}. "
        f"Fetch them with `proratio data download --exchange {plan.exchange} --pairs {pairs} "
        f"--timeframes {plan.timeframe} --timerange {first:%Y%m%d}-`, or import files"
    )


def _lacking(plan: ReplayPlan, store: CandleStore, first: datetime) -> Iterator[str]:
    for key in plan.series:
        span = store.span(key)
        if span is None:
            yield f"none of {key.pair} are stored{_instead(store, key)}"
        elif span[0] > first or span[1] + plan.candle < plan.end:
            reach = f"{span[0]:%Y-%m-%d %H:%M} to {span[1] + plan.candle:%Y-%m-%d %H:%M}"
            yield f"those of {key.pair} reach from {reach}"


def _instead(store: CandleStore, key: SeriesKey) -> str:
    others = [s.key for s in store.series() if s.key.pair == key.pair]
    known = ", ".join(f"{other.exchange} {other.timeframe}" for other in others)
    return f" (of it there is: {known})" if known else ""
