"""Recorded markets out of the database, as they were or moved in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import empty_frame
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.errors import DataError
from proratio_core.exchange import find_rules
from proratio_core.replay.market import RecordedMarket
from proratio_core.values import Pair, SeriesKind, Timeframe, Timerange

__all__ = ["load_markets", "shift_markets"]

_DAY_MS = 86_400_000


def load_markets(
    database: Database,
    exchange: str,
    *,
    pairs: Collection[Pair] = (),
    timerange: Timerange = Timerange(),  # noqa: B008  # frozen
    timeframes: Collection[Timeframe] = (),
) -> tuple[RecordedMarket, ...]:
    """Return everything stored of an exchange's pairs.

    Parameters
    ----------
    database
        Where the candles are.
    exchange
        Lower-case ccxt id, or `simulated`.
    pairs
        Only these; all when empty.
    timerange
        Only rows that open in it, and open interest stated in it.
    timeframes
        Only candles of these lengths; all when empty. The rest is read anyway.

    Raises
    ------
    DataError
        Nothing is stored of the exchange, or of one of `pairs`.
    """
    store = CandleStore(database)
    frames: dict[Pair, dict[SeriesKind, dict[Timeframe, pd.DataFrame]]] = defaultdict(
        lambda: {kind: {} for kind in SeriesKind}
    )
    for stored in store.series(exchange=exchange):
        key = stored.key
        is_wanted = (not pairs or key.pair in pairs) and (
            not timeframes or key.kind is not SeriesKind.CANDLE or key.timeframe in timeframes
        )
        frame = store.read(key, timerange) if is_wanted else empty_frame(key.kind)
        if not frame.empty:
            frames[key.pair][key.kind][key.timeframe] = frame
    recorded = {pair: kinds for pair, kinds in frames.items() if kinds[SeriesKind.CANDLE]}
    missing = set(pairs) - set(recorded)
    if missing or not recorded:
        known = ", ".join(sorted({s.key.exchange for s in store.series()})) or "none"
        what = ", ".join(sorted(map(str, missing))) or "anything"
        raise DataError(
            f"no candles of {what} from {exchange} are stored (exchanges with candles: {known}); "
            "fetch some with `proratio data download` or `proratio data import`"
        )
    rules, interest = find_rules(database, exchange, recorded), OpenInterestStore(database)
    return tuple(
        RecordedMarket(
            pair,
            rules[pair],
            candles=kinds[SeriesKind.CANDLE],
            mark=kinds[SeriesKind.MARK],
            funding=next(iter(kinds[SeriesKind.FUNDING].values()), empty_frame(SeriesKind.FUNDING)),
            open_interest=interest.read(exchange, pair, timerange),
        )
        for pair, kinds in sorted(recorded.items(), key=lambda item: str(item[0]))
    )


def shift_markets(markets: Collection[RecordedMarket], by_ms: int) -> tuple[RecordedMarket, ...]:
    """Return the markets as if everything had happened `by_ms` later.

    Parameters
    ----------
    markets
        The markets as recorded.
    by_ms
        A whole number of days, so that every candle keeps its place on every timeframe's grid.

    Raises
    ------
    DataError
        `by_ms` is not a whole number of days.
    """
    if by_ms % _DAY_MS:
        raise DataError(f"markets move by whole days ({_DAY_MS} ms); {by_ms} ms is not one")
    shift = pd.Timedelta(by_ms, "ms")

    def moved(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(date=(frame["date"] + shift).astype(frame["date"].dtype))

    return tuple(
        replace(
            market,
            candles={timeframe: moved(frame) for timeframe, frame in market.candles.items()},
            mark={timeframe: moved(frame) for timeframe, frame in market.mark.items()},
            funding=moved(market.funding),
            open_interest=moved(market.open_interest),
        )
        for market in markets
    )
