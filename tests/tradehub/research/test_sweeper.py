"""A sweep prepared, run and judged, on the SIMULATED market."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.workforce import LocalWorkforce
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from proratio_tradehub.research import SweepOutcome, SweepRequest, sweep
from tests.freqtrade_home import FreqtradeHome

BASE = BacktestRequest(
    "AIEnhancedTrend",
    "simulated",
    (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")),
    Timeframe.H1,
    Timerange.parse("20240201-20240401"),
    profile="none",
)
SPACE = SearchSpace.parse(["fast_candles=8,12,16", "slow_candles=30,40"])


def run(home: FreqtradeHome, request: SweepRequest) -> SweepOutcome:
    with Backtester(home.settings, home.database, clock=SystemClock()) as backtester:
        return sweep(
            request,
            backtester,
            home.database,
            workforce=LocalWorkforce(1),
            progress=lambda _what, _part: None,
        )


def test_the_best_comes_first_and_is_judged_by_everything_tried(
    simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    request = SweepRequest(BASE, SPACE, SearchPlan(), Objective.PROFIT)

    outcome = run(simulated_home, request)
    again = run(simulated_home, request)

    assert (outcome.ran, again.ran, again.reused) == (6, 0, 6)
    scores = [score for _, score in outcome.ranking]
    assert scores == sorted(scores, reverse=True)
    assert outcome.best is not None
    assert dict(outcome.best.point) == dict(outcome.ranking[0][0].specification.parameters)
    assert (
        outcome.best.score == scores[0] == pytest.approx(outcome.ranking[0][0].metrics.profit_frac)
    )
    assert 1 < outcome.tried <= 6
    assert again.deflated == outcome.deflated is not None
    assert outcome.selection is not None
    assert outcome.selection.tried == 6
    highest = max(outcome.ranking, key=lambda ranked: ranked[0].metrics.sharpe or 0)[0]
    named = ", ".join(f"{name}={value}" for name, value in highest.specification.parameters)
    assert outcome.selection.best == named


def test_a_gated_sweep_asks_about_the_candidates_of_all_variants_once(
    simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    gated = replace(BASE, profile="offline")

    first = run(simulated_home, SweepRequest(gated, SPACE, SearchPlan()))
    second = run(simulated_home, SweepRequest(gated, SPACE, SearchPlan()))

    assert first.prepared.backfilled is not None
    assert second.prepared.backfilled is not None
    assert first.prepared.backfilled.asked > 0
    assert second.prepared.backfilled.asked == 0
    assert (first.ran, second.ran) == (6, 0)
    versions = {summary.specification.ledger_version for summary, _ in first.ranking}
    assert len(versions) == 1
    assert all(
        gated.metrics.trades <= ungated.metrics.trades
        for (gated, _), (ungated, _) in zip(
            sorted(first.ranking, key=lambda r: r[0].specification.parameters),
            sorted(
                run(simulated_home, SweepRequest(BASE, SPACE, SearchPlan())).ranking,
                key=lambda r: r[0].specification.parameters,
            ),
            strict=True,
        )
    )


def test_a_bayesian_sweep_resumes_to_the_same_end_without_running_anything(
    simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    space = SearchSpace.parse(["fast_candles=5:20:1", "slow_candles=30:60:2"])
    request = SweepRequest(BASE, space, SearchPlan(trials=8, seed=5), Objective.DEFLATED)

    first, second = run(simulated_home, request), run(simulated_home, request)

    assert first.ran <= 8
    assert second.ran == 0
    assert list(second.scores.items()) == list(first.scores.items())


def test_too_many_combinations_are_refused_before_anything_is_done(
    simulated_home: FreqtradeHome,
) -> None:
    space = SearchSpace.parse(["fast_candles=1:200:1", "slow_candles=1:200:1"])
    with pytest.raises(DataError, match="40,000 combinations"):
        run(simulated_home, SweepRequest(BASE, space, SearchPlan(10)))
