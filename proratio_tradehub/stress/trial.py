"""One crash or shock, one risk profile: what was planned to be lost, and what was."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Market, Pair, SeriesKind, Timeframe, Timerange
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.specification import UNGATED
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from proratio_tradehub.stress.crashes import deepest_fall_frac

__all__ = ["PROBE", "Trial", "covered_pairs", "probe_request", "trials"]

PROBE = "StressProbe"
"""The strategy that always wants in."""


@dataclass(frozen=True)
class Trial:
    """What a risk profile made of a crash.

    Parameters
    ----------
    name, about
        Of the crash or shock.
    profile
        The limits.
    pairs
        What could be traded.
    fall_frac
        The deepest fall of any of them, high to low, 0 to 1.
    result
        The backtest.
    """

    name: str
    about: str
    profile: str
    pairs: tuple[Pair, ...]
    fall_frac: float
    result: BacktestResult

    @property
    def planned_frac(self) -> float | None:
        """The largest planned loss of a trade, as a fraction of equity at its entry."""
        return self.result.worst_losses.planned_frac

    @property
    def realised_frac(self) -> float | None:
        """The largest realised one."""
        return self.result.worst_losses.realised_frac

    @property
    def overshoot_frac(self) -> float | None:
        """How far the worst loss went past the worst plan; at most 0 when none did."""
        if self.planned_frac is None or self.realised_frac is None:
            return None
        return self.realised_frac - self.planned_frac


def trials(
    backtester: Backtester,
    database: Database,
    request: BacktestRequest,
    *,
    name: str,
    about: str,
    profiles: Collection[str],
) -> Iterator[Trial]:
    """Yield what each of the risk profiles made of the time that `request` names.

    Parameters
    ----------
    backtester, database
        Where the candles are and what runs on them.
    request
        Strategy, series and span; its risk profile is replaced.
    name, about
        Of the crash or shock.
    profiles
        Names of risk profiles.
    """
    store = CandleStore(database)
    falls = (deepest_fall_frac(store.read(key, request.timerange)) for key in request.series)
    fall_frac = max(falls)
    for profile in profiles:
        outcome = backtester.run(replace(request, risk=profile))
        yield Trial(name, about, profile, request.pairs, fall_frac, outcome.comparison.gated)


def probe_request(
    exchange: str, pairs: tuple[Pair, ...], timeframe: Timeframe, timerange: Timerange
) -> BacktestRequest:
    """Return the request that puts the probe on these series, asking nobody."""
    return BacktestRequest(
        strategy=PROBE,
        exchange=exchange,
        pairs=pairs,
        timeframe=timeframe,
        timerange=timerange,
        profile=UNGATED,
    )


def covered_pairs(
    database: Database,
    exchange: str,
    timeframe: Timeframe,
    timerange: Timerange,
    *,
    wanted: Collection[Pair] = (),
) -> tuple[Pair, ...]:
    """Return the spot pairs of `exchange` whose candles reach over a whole span, by name.

    Parameters
    ----------
    database, exchange, timeframe
        Whose candles of what length.
    timerange
        The span, both ends stated.
    wanted
        Only these; all when empty.

    Raises
    ------
    DataError
        There is none.
    """
    store = CandleStore(database)
    extents = store.extents()
    length_s = timeframe.minutes * 60
    found = []
    for series in store.series(exchange=exchange):
        key, extent = series.key, extents.get(series.id)
        wanted_kind = key.kind is SeriesKind.CANDLE and key.market is Market.SPOT
        if key.timeframe is not timeframe or not wanted_kind or extent is None:
            continue
        begins = timerange.start is None or extent.first_open_time <= timerange.start
        missing_s = (
            0.0
            if timerange.end is None
            else (timerange.end - extent.last_open_time).total_seconds()
        )
        if begins and missing_s <= length_s and (not wanted or key.pair in wanted):
            found.append(key.pair)
    if not found:
        names = ", ".join(map(str, wanted)) or "any pair"
        raise DataError(
            f"no {timeframe} candles of {names} from {exchange} reach over {timerange}; import or "
            "download them (proratio data --help)"
        )
    return tuple(sorted(found))
