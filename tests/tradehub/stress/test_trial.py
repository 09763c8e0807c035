"""A crash under a profile, in Freqtrade's own engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.backtesting import Backtester
from proratio_tradehub.isolation import isolated
from proratio_tradehub.stress import (
    SHOCKED_PAIRS,
    SHOCKS,
    Trial,
    covered_pairs,
    probe_request,
    store_shocked,
    trials,
)
from tests.signals.samples import BTC, ETH, START, candle_frame

ROOT = Path(__file__).parents[3]
_GAP = next(shock for shock in SHOCKS if shock.name == "gap")


@pytest.fixture(scope="module")
def gapped() -> Iterator[list[Trial]]:
    """Run the gap under two profiles, as the command does."""
    settings = Settings(PRORATIO_USER_DATA=ROOT / "user_data")
    with (
        isolated(settings) as (alone, database),
        Backtester(alone, database, clock=SystemClock()) as backtester,
    ):
        span = store_shocked(CandleStore(database), _GAP, seed=1)
        request = probe_request(SIMULATED, SHOCKED_PAIRS, Timeframe.H1, span)
        yield list(
            trials(
                backtester,
                database,
                request,
                name="gap",
                about=_GAP.about,
                profiles=("proratio", "conservative-spot"),
            )
        )


def test_a_gap_passes_the_plan_and_says_by_how_much(gapped: list[Trial]) -> None:
    trial = gapped[0]
    assert trial.result.simulated
    assert trial.fall_frac > 0.2
    assert trial.planned_frac is not None
    assert trial.realised_frac is not None
    assert trial.planned_frac <= 0.02  # the profile's limit
    assert trial.overshoot_frac == pytest.approx(trial.realised_frac - trial.planned_frac)
    assert trial.overshoot_frac > 0.003


def test_each_profile_keeps_its_own_limits(gapped: list[Trial]) -> None:
    usual, conservative = gapped
    assert conservative.profile == "conservative-spot"
    assert sum(usual.result.refusals.values()) > 100  # the probe always wants in
    assert conservative.result.metrics.max_drawdown_frac < usual.result.metrics.max_drawdown_frac


def test_pairs_count_when_their_candles_reach_over_the_whole_span(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(100))
    CandleStore(database).write(ETH, candle_frame(50, seed=2))
    perpetual = SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.H1)
    CandleStore(database).write(perpetual, candle_frame(100))
    span = Timerange(START, START + timedelta(hours=80))
    assert covered_pairs(database, "binance", Timeframe.H1, span) == (BTC.pair,)
    short = Timerange(START, START + timedelta(hours=50))
    assert covered_pairs(database, "binance", Timeframe.H1, short) == (BTC.pair, ETH.pair)
    assert covered_pairs(database, "binance", Timeframe.H1, short, wanted=[ETH.pair]) == (ETH.pair,)
    early = Timerange(START - timedelta(hours=1), START + timedelta(hours=10))
    with pytest.raises(DataError, match="no 1h candles of any pair from binance reach over"):
        covered_pairs(database, "binance", Timeframe.H1, early)
    with pytest.raises(DataError, match="of SOL/USDT from binance"):
        covered_pairs(database, "binance", Timeframe.H1, short, wanted=[Pair.parse("SOL/USDT")])


def test_a_trial_without_trades_has_no_overshoot(gapped: list[Trial]) -> None:
    empty = gapped[0].result.of(gapped[0].result.specification, [], gapped[0].result.equity)
    trial = Trial("x", "y", "proratio", (BTC.pair,), 0.1, empty)
    assert (trial.planned_frac, trial.realised_frac, trial.overshoot_frac) == (None, None, None)
