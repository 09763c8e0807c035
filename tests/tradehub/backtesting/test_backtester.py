from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.importers import import_files
from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.values import Pair, Timerange
from proratio_tradehub.backtesting import Backtester, BacktestRequest, pair_charts
from tests.freqtrade_home import FreqtradeHome


def request_of(home: FreqtradeHome, **changes: object) -> BacktestRequest:
    request = BacktestRequest(
        strategy="AIEnhancedTrend",
        exchange=home.exchange,
        pairs=home.pairs,
        timeframe=home.timeframe,
        timerange=home.timerange,
        profile="offline",
        compare_ungated=True,
    )
    return replace(request, **changes)  # type: ignore[arg-type]


@pytest.fixture
def stages() -> list[str]:
    return []


@pytest.fixture
def backtester(installed: FreqtradeHome, stages: list[str]) -> Iterator[Backtester]:
    with Backtester(
        installed.settings,
        installed.database,
        clock=SystemClock(),
        progress=lambda stage, _part: stages.append(stage),
    ) as backtester:
        yield backtester


def test_a_first_run_asks_runs_and_compares_and_a_second_reuses_all(
    installed: FreqtradeHome, backtester: Backtester, stages: list[str]
) -> None:
    first = backtester.run(request_of(installed))
    told = set(stages)
    stages.clear()
    again = backtester.run(request_of(installed))

    assert first.backfilled is not None
    assert first.backfilled.asked == first.backfilled.questions > 0
    assert not first.reused
    assert {"Backtesting gated", "Backtesting ungated"} <= told
    gated, twin = first.comparison.runs
    assert gated.simulated
    assert first.comparison.rule_based
    assert 0 < gated.metrics.trades < twin.metrics.trades
    assert again.backfilled is not None
    assert again.backfilled.asked == 0
    assert again.reused == {gated.specification.hash, twin.specification.hash}
    assert [run.run_hash for run in again.comparison.runs] == [gated.run_hash, twin.run_hash]
    assert not [stage for stage in stages if stage.startswith("Backtesting")]


def test_a_fresh_run_gives_the_same_outcome_again(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    stored = backtester.run(request_of(installed))

    fresh = backtester.run(request_of(installed, fresh=True))

    assert not fresh.reused
    assert fresh.comparison.gated.run_hash == stored.comparison.gated.run_hash


def test_only_approved_candidates_are_traded(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    outcome = backtester.run(request_of(installed))
    gated, twin = outcome.comparison.runs
    charts = pair_charts(outcome, installed.database)

    approved = {
        f"offline@{date:%Y-%m-%dT%H:%M}Z"
        for chart in charts
        for date in chart.votes.loc[chart.votes["action"] == 1, "date"]
    }
    assert {trade.enter_tag for trade in gated.trades} <= approved
    assert {trade.enter_tag for trade in twin.trades} == {""}


def test_a_changed_candle_is_a_new_specification(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    short = Timerange.parse("20240201-20240215")
    before = backtester.run(request_of(installed, timerange=short, compare_ungated=False))
    key = installed.keys[0]
    frame = CandleStore(installed.database).read(key, Timerange.parse("20240601-20240602"))
    CandleStore(installed.database).write(key, frame.assign(volume=frame["volume"] + 1))

    after = backtester.run(request_of(installed, timerange=short, compare_ungated=False))

    assert not after.reused
    assert after.comparison.gated.run_hash == before.comparison.gated.run_hash


def test_a_strategy_without_consensus_runs_without_a_profile(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    request = request_of(
        installed, strategy="SimpleTestStrategy", profile=None, compare_ungated=False
    )

    outcome = backtester.run(request)

    assert outcome.profile is None
    assert outcome.backfilled is None
    assert outcome.comparison.title == "Ungated"
    assert outcome.comparison.gated.metrics.trades > 0


def test_an_ungated_run_has_no_twin_to_be_compared_with(
    installed: FreqtradeHome, backtester: Backtester
) -> None:
    with pytest.raises(ConfigurationError, match="leave out --compare-ungated"):
        backtester.run(request_of(installed, profile="none"))


@pytest.mark.market_data
def test_perpetuals_pay_funding_in_both_runs(
    installed: FreqtradeHome, backtester: Backtester, market_data: Path
) -> None:
    pair = Pair.parse("BTC/USDT:USDT")
    files = sorted((market_data / "binance" / "futures").glob(f"{pair.file_stem}-1h-*.feather"))
    import_files(files, CandleStore(installed.database), SystemClock())
    request = request_of(
        installed,
        exchange="binance",
        pairs=(pair,),
        timerange=Timerange.parse("20240101-20240301"),
    )

    outcome = backtester.run(request)

    gated, twin = outcome.comparison.runs
    assert len(outcome.exported.files) == 3
    assert gated.metrics.trades <= twin.metrics.trades
    assert twin.metrics.trades > 0
    assert not twin.simulated
