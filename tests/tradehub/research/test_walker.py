"""A walk forward from start to end, and the border it never crosses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.windows import WindowPlan
from proratio_quantlab.workforce import LocalWorkforce
from proratio_signals.models import load_models
from proratio_signals.profile import load_profile
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from proratio_tradehub.research import WalkOutcome, WalkRequest, walk_forward
from proratio_tradehub.research.walker import clean_span, within
from tests.freqtrade_home import FreqtradeHome

BASE = BacktestRequest(
    "AIEnhancedTrend",
    "simulated",
    (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")),
    Timeframe.H1,
    Timerange.parse("20240201-20240401"),
    profile="offline",
    compare_ungated=True,
)
REQUEST = WalkRequest(
    BASE,
    SearchSpace.parse(["fast_candles=8,12", "slow_candles=30,40"]),
    SearchPlan(),
    Objective.PROFIT,
    WindowPlan(train_days=30, test_days=10, purge_candles=24),
)


def run(home: FreqtradeHome, request: WalkRequest) -> WalkOutcome:
    with Backtester(home.settings, home.database, clock=SystemClock()) as backtester:
        return walk_forward(
            request,
            backtester,
            home.settings,
            home.database,
            workforce=LocalWorkforce(1),
            progress=lambda _what, _part: None,
        )


def test_both_arms_walk_the_same_windows_and_a_second_walk_runs_nothing(
    simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)

    first, second = run(simulated_home, REQUEST), run(simulated_home, REQUEST)

    gated, ungated = first.arms
    assert (gated.base.profile, ungated.base.profile) == ("offline", None)
    assert [r.window for r in gated.windows] == [r.window for r in ungated.windows]
    assert len(gated.daily) == len(ungated.daily) == 30
    assert first.difference is not None
    assert first.difference.value == pytest.approx(float((gated.daily - ungated.daily).mean()))
    assert sum(r.runs for arm in first.arms for r in arm.windows) > 0
    assert sum(r.runs for arm in second.arms for r in arm.windows) == 0
    np.testing.assert_array_equal(second.arms[0].daily, gated.daily)
    for arm in first.arms:
        for result in arm.windows:
            if result.tested is not None:
                ledger = result.tested.specification.ledger_version
                assert ledger == first.prepared.specification.ledger_version or not arm.base.profile


def test_windows_longer_than_the_candles_are_refused_before_anybody_is_asked(
    simulated_home: FreqtradeHome,
) -> None:
    with pytest.raises(DataError, match=r"need 460 days; .* has 60"):
        run(simulated_home, replace(REQUEST, cut=WindowPlan(360, 100)))


def test_rules_have_read_nothing_and_models_draw_a_hard_border(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    span = Timerange.parse("20220101-20400101")
    panel = load_profile("consensus", tmp_path)
    cutoffs = [
        model.cutoff.day
        for voter in panel.voters
        if (model := load_models().find(voter.provider, voter.model)).cutoff is not None
    ]

    assert clean_span(span, None, settings) == (span, ())
    assert clean_span(span, load_profile("offline", tmp_path), settings) == (span, ())
    clean, (note,) = clean_span(span, panel, settings)
    assert clean.end == span.end
    assert clean.start is not None
    assert clean.start.date() > max(cutoffs)
    assert "training cutoff" in note
    late = Timerange.parse("20390101-20400101")
    assert clean_span(late, panel, settings) == (late, ())
    with pytest.raises(DataError, match="may be remembered"):
        clean_span(Timerange.parse("20220101-20230101"), panel, settings)
    assert max(cutoffs) > date(2023, 1, 1)


def test_a_walk_ends_where_the_candles_do() -> None:
    stored = Timerange.parse("20200101-20251101")

    assert within(Timerange.parse("20220101-20300101"), stored) == Timerange.parse(
        "20220101-20251101"
    )
    assert within(Timerange(), stored) == stored
    with pytest.raises(DataError, match="no candles in 20260101-"):
        within(Timerange.parse("20260101-"), stored)
