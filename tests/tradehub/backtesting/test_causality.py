"""Strategy and ledger together are tested for what they should not know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_tradehub.backtesting import Backtester, BacktestRequest, check_causality
from tests.freqtrade_home import FreqtradeHome


@pytest.fixture
def backtester(installed: FreqtradeHome) -> Iterator[Backtester]:
    with Backtester(installed.settings, installed.database, clock=SystemClock()) as backtester:
        yield backtester


def request_of(home: FreqtradeHome, strategy: str, profile: str) -> BacktestRequest:
    """Return a request over everything the home has."""
    return BacktestRequest(
        strategy=strategy,
        exchange=home.exchange,
        pairs=home.pairs,
        timeframe=home.timeframe,
        timerange=home.timerange,
        profile=profile,
    )


def test_gated_strategy_and_its_votes_come_out_clean(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    request = request_of(installed, "AIEnhancedTrend", "offline")
    found = check_causality(backtester, request, installed.database, samples=10)
    assert found.is_clean
    assert found.votes > 0
    assert found.strategy.signals > 0


def test_candles_corrected_under_a_vote_are_asked_about_again(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    request = request_of(installed, "AIEnhancedTrend", "offline")
    prepared = backtester.prepare(request)
    assert prepared.backfilled is not None
    store, key = CandleStore(installed.database), request.series[0]
    frame = store.read(key)
    try:
        store.write(key, frame.assign(volume=frame["volume"] * 2))
        found = check_causality(backtester, request, installed.database, samples=5)
        assert found.is_clean
    finally:
        store.write(key, frame)


def test_ungated_strategy_has_no_votes_to_trace(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    request = request_of(installed, "SimpleTestStrategy", "none")
    found = check_causality(backtester, request, installed.database, samples=10)
    assert found.is_clean
    assert found.votes == 0
