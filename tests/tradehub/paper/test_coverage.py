from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, Timeframe
from proratio_tradehub.paper.coverage import check_coverage
from proratio_tradehub.paper.plan import ReplayPlan
from tests.wire.markets import PERPETUAL, SPOT, START, candles

PLAN = ReplayPlan(
    *("Trend", "binance", (SPOT,), Timeframe.H1),
    *(START + timedelta(hours=50), START + timedelta(hours=90)),
)


@pytest.fixture
def store(database: Database) -> CandleStore:
    store = CandleStore(database)
    store.write(SeriesKey("binance", SPOT, Timeframe.H1), candles(100))
    return store


def test_candles_from_the_start_up_to_the_end_suffice(store: CandleStore) -> None:
    check_coverage(PLAN, store, startup_candles=50)
    check_coverage(replace(PLAN, end=START + timedelta(hours=100)), store, startup_candles=50)


@pytest.mark.parametrize(
    ("plan", "startup_candles"),
    [(PLAN, 51), (replace(PLAN, end=START + timedelta(hours=101)), 50)],
)
def test_a_candle_too_few_names_what_there_is_and_the_remedy(
    plan: ReplayPlan, startup_candles: int, store: CandleStore
) -> None:
    told = r"those of BTC/USDT reach from 2024-01-01 00:00 to 2024-01-05 04:00\. Fetch .*download"
    with pytest.raises(DataError, match=told):
        check_coverage(plan, store, startup_candles=startup_candles)


def test_a_pair_without_candles_names_what_is_stored_of_it(store: CandleStore) -> None:
    with pytest.raises(DataError, match=r"none of BTC/USDT:USDT are stored\. "):
        check_coverage(replace(PLAN, pairs=(PERPETUAL,)), store, startup_candles=1)
    with pytest.raises(
        DataError, match=r"none of BTC/USDT are stored \(of it there is: binance 1h"
    ):
        check_coverage(replace(PLAN, timeframe=Timeframe.M5), store, startup_candles=1)
