from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_signals.scoring.regimes import regimes_of
from proratio_tradehub.backtesting import market_days, tear_sheet_of
from tests.quantlab.made import equity_of, result_of, specification_of

SPAN = Timerange.parse("20240201-20240301")


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[CandleStore]:
    """Yield a store with two simulated months, of which the second was traded."""
    database = Database(module_database_url)
    store = CandleStore(database)
    span = Timerange.parse("20240101-20240301")
    store_scenario(store, (Pair.parse("BTC/USDT"),), (Timeframe.H1,), timerange=span)
    yield store
    database.close()


def run_of(**changes: object) -> BacktestResult:
    specification = specification_of(
        exchange="simulated", pairs=(Pair.parse("BTC/USDT"),), timerange=SPAN, **changes
    )
    wallet = np.linspace(1_000, 1_100, 29).tolist()
    assert SPAN.start is not None
    return BacktestResult.of(specification, (), equity_of(wallet, start=SPAN.start))


def test_a_day_is_judged_by_candles_that_were_closed_when_it_began(store: CandleStore) -> None:
    run = run_of()
    market = market_days(run, store)
    assert market is not None

    frame = store.read(run.specification.series[0])
    assert SPAN.start is not None
    for day in (0, 7, 28):
        begin = pd.Timestamp(SPAN.start + timedelta(days=day))
        closed = frame[frame["date"] + pd.Timedelta(hours=1) <= begin]
        assert market.kinds[day] == regimes_of(closed["close"])[-1]
    assert (market.kinds >= 0).all()
    assert market.market == "BTC/USDT 1h"


def test_without_candles_there_is_no_market(store: CandleStore) -> None:
    assert market_days(run_of(timeframe=Timeframe.D1), store) is None


def test_a_sheet_knows_its_trials_and_its_voters(database: Database) -> None:
    results = ResultStore(database)
    runs = [result_of(profits=(float(number), -1.0)) for number in (1, 2, 3)]
    for number, run in enumerate(runs):
        results.save(replace(run, specification=replace(run.specification, seed=number)))

    sheet = tear_sheet_of(runs[0], database, Settings())

    assert sheet.comparison.certainty.trials == 3
    assert sheet.comparison.rule_based
    assert sheet.market is None


def test_a_profile_that_is_gone_is_not_taken_for_rules(database: Database) -> None:
    sheet = tear_sheet_of(result_of("forgotten"), database, Settings())

    assert not sheet.comparison.rule_based


def test_an_ungated_run_has_no_voters(database: Database) -> None:
    sheet = tear_sheet_of(result_of(None), database, Settings())

    assert "Ungated: no voter was asked." in sheet.comparison.caveats
