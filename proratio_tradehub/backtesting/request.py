"""What a person asks a backtest to be, and what that means given the stored candles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from proratio_core.candles import CandleStore
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_quantlab.specification import ParameterValue

__all__ = ["BacktestRequest", "resolve_timerange", "series_to_export"]


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """A backtest as it is asked for.

    Parameters
    ----------
    strategy
        Class name in `user_data/strategies`.
    exchange
        Whose candles.
    pairs, timeframe
        What may be traded, on candles of what length.
    timerange
        Open times; an open end is the last that every pair has, an open start the first.
    profile
        Who gates the entries; None is the strategy's default.
    compare_ungated
        Run the ungated twin too.
    fresh
        Run even when the same specification was run before.
    parameters
        What the strategy's parameters are set to, by name.
    seed
        Of the random generators a strategy may use.
    impact
        Y of the square-root law of slippage; 0 leaves the fixed slippage as all there is.
    risk
        Which limits hold; None is what the configuration or else the settings say.
    """

    strategy: str
    exchange: str
    pairs: tuple[Pair, ...]
    timeframe: Timeframe
    timerange: Timerange
    profile: str | None = None
    compare_ungated: bool = False
    fresh: bool = False
    parameters: tuple[tuple[str, ParameterValue], ...] = ()
    seed: int = 0
    impact: float = 0.0
    risk: str | None = None

    @property
    def series(self) -> tuple[SeriesKey, ...]:
        """The candle series that are traded on."""
        return tuple(SeriesKey(self.exchange, pair, self.timeframe) for pair in self.pairs)


def resolve_timerange(request: BacktestRequest, store: CandleStore) -> Timerange:
    """Return the timerange with both ends stated, within what every pair has candles for.

    Raises
    ------
    DataError
        A pair has no candles at all, or none in the timerange.
    """
    spans = [_span(store, key) for key in request.series]
    first = max(start for start, _ in spans)
    end = min(end for _, end in spans)
    wanted = request.timerange
    start = wanted.start or first
    if start >= end or (wanted.end is not None and wanted.end <= first):
        raise DataError(
            f"the pairs share no {request.timeframe} candles in {wanted}; what is stored of all of "
            f"them reaches from {first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        )
    return Timerange(start, wanted.end or end)


def series_to_export(request: BacktestRequest, store: CandleStore) -> tuple[SeriesKey, ...]:
    """Return every series Freqtrade reads for this request: candles, and of perpetuals the rest."""
    pairs = set(request.pairs)
    extra: Iterable[SeriesKey] = (
        stored.key
        for stored in store.series(exchange=request.exchange)
        if stored.key.pair in pairs and stored.key.kind is not SeriesKind.CANDLE
    )
    return (*request.series, *extra)


def _span(store: CandleStore, key: SeriesKey) -> tuple[datetime, datetime]:
    """Return the first open time of a series and the close of its last candle."""
    span = store.span(key)
    if span is None:
        others = [s.key for s in store.series() if s.key.pair == key.pair]
        known = ", ".join(f"{k.exchange} {k.timeframe}" for k in others) or "nothing"
        raise DataError(
            f"no candles of {key} are stored (of {key.pair} there is: {known}); get them with "
            "`proratio data download` or `proratio data import`"
        )
    return span[0], span[1] + timedelta(milliseconds=key.timeframe.ms)
