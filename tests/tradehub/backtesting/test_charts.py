from __future__ import annotations

from proratio_core.clock import SystemClock
from proratio_tradehub.backtesting import Backtester, BacktestRequest, Outcome, pair_charts
from tests.freqtrade_home import FreqtradeHome


def outcome_of(home: FreqtradeHome, request: BacktestRequest) -> Outcome:
    with Backtester(home.settings, home.database, clock=SystemClock()) as backtester:
        return backtester.run(request)


def test_charts_hold_the_candles_and_votes_of_the_timerange(installed: FreqtradeHome) -> None:
    request = BacktestRequest(
        "AIEnhancedTrend",
        installed.exchange,
        installed.pairs,
        installed.timeframe,
        installed.timerange,
        profile="offline",
    )
    outcome = outcome_of(installed, request)

    charts = pair_charts(outcome, installed.database)

    traded = [trade.pair for trade in outcome.comparison.gated.trades]
    counts = [traded.count(str(chart.pair)) for chart in charts]
    assert counts == sorted(counts, reverse=True)
    assert outcome.backfilled is not None
    assert sum(len(chart.votes) for chart in charts) == outcome.backfilled.questions
    for chart in charts:
        assert chart.candles["date"].iloc[0] == installed.timerange.start
        assert chart.candles["date"].iloc[-1] < installed.timerange.end
        assert chart.votes["date"].min() > chart.candles["date"].iloc[0]
        assert chart.threshold == 0.6


def test_an_ungated_run_has_no_votes_to_draw(installed: FreqtradeHome) -> None:
    request = BacktestRequest(
        "SimpleTestStrategy",
        installed.exchange,
        installed.pairs[:1],
        installed.timeframe,
        installed.timerange,
    )
    (chart,) = pair_charts(outcome_of(installed, request), installed.database)

    assert chart.votes.empty
    assert len(chart.candles) > 0
