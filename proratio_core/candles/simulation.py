"""The scenario market in the store: replaced as a whole, in several timeframes that agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from proratio_core.candles.resampling import resample
from proratio_core.candles.scenario import DRIFTLESS, Crash, Regime, assets_of, generate
from proratio_core.candles.store import CandleStore
from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import SIMULATED, Market, Pair, SeriesKey, Timeframe, Timerange

__all__ = ["DEFAULT_TIMERANGE", "store_scenario"]

DEFAULT_TIMERANGE: Final = Timerange(
    datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
)


def store_scenario(
    store: CandleStore,
    pairs: Sequence[Pair],
    timeframes: Sequence[Timeframe],
    *,
    timerange: Timerange = DEFAULT_TIMERANGE,
    seed: int = 1,
    regimes: Sequence[Regime] = DRIFTLESS,
    crash: Crash | None = None,
) -> tuple[SeriesKey, ...]:
    """Generate a market and store it under the exchange `simulated`; return its series.

    The shortest timeframe is generated, the longer ones are made of it. A scenario stored before
    under the same names is replaced, an equal one writes nothing.

    Raises
    ------
    DataError
        A perpetual pair, an open-ended timerange, or timeframes that do not divide one another.
    """
    if timerange.start is None or timerange.end is None:
        raise DataError(
            f"a scenario needs a start and an end, not {timerange}; write 20240101-20250101"
        )
    for pair in pairs:
        if pair.market is not Market.SPOT:
            raise DataError(f"the scenario market trades spot pairs only, not {pair}; drop `:...`")
    base = min(timeframes, key=lambda timeframe: timeframe.minutes)
    candles = (to_ms(timerange.end) - to_ms(timerange.start)) // base.ms
    market = generate(
        assets_of(pairs),
        base,
        start=timerange.start,
        candles=candles,
        seed=seed,
        regimes=regimes,
        crash=crash,
    )
    keys: list[SeriesKey] = []
    for pair, frame in market.items():
        for timeframe in timeframes:
            keys.append(SeriesKey(SIMULATED, pair, timeframe))
            store.replace(keys[-1], resample(frame, base, timeframe))
    return tuple(keys)
