"""The candles and votes a report draws beside a result."""

from __future__ import annotations

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import SeriesKey, Timerange
from proratio_quantlab.report import PairChart
from proratio_signals.history import read_votes
from proratio_tradehub.backtesting.backtester import Outcome

__all__ = ["pair_charts"]

_MOST_PAIRS = 6
"""A page with more candles than this is slow to open and nobody scrolls that far."""


def pair_charts(outcome: Outcome, database: Database) -> tuple[PairChart, ...]:
    """Return what to draw of each pair of the gated run, those with most trades first."""
    result = outcome.comparison.gated
    specification = result.specification
    traded = [trade.pair for trade in result.trades]
    busiest = sorted(specification.series, key=lambda key: -traded.count(str(key.pair)))
    return tuple(
        _chart(key, specification.timerange, outcome, database) for key in busiest[:_MOST_PAIRS]
    )


def _chart(key: SeriesKey, timerange: Timerange, outcome: Outcome, database: Database) -> PairChart:
    profile = outcome.profile
    candles = CandleStore(database).read(key, timerange)
    until = candles["date"].iloc[-1].to_pydatetime()
    votes = read_votes(database, key, profile_hash=profile.hash if profile else "", until=until)
    if timerange.start is not None:
        votes = votes[votes["date"] > timerange.start]
    threshold = 0.0 if profile is None else profile.threshold
    return PairChart(key.pair, key.timeframe, candles, votes, threshold)
