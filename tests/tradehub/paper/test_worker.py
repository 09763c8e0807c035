"""The worker's own border: what Freqtrade refuses; the rest is asked of whole sessions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from freqtrade.data.converter import converter
from freqtrade.exchange import exchange as host_exchange
from freqtrade.worker import Worker

from proratio_core.errors import ConfigurationError
from proratio_core.replay import DirectExchange, MovedClock
from proratio_core.settings import Settings
from proratio_core.values import Timeframe
from proratio_tradehub.paper.plan import ReplayPlan
from proratio_tradehub.paper.virtual_time import virtual_time
from proratio_tradehub.paper.worker import run_worker
from proratio_tradehub.paper.worker_config import worker_config
from tests.wire.markets import SPOT, START, candles, spot_market

HERE = Settings(PRORATIO_USER_DATA=Path(__file__).parents[3] / "user_data")
PLAN = ReplayPlan(
    *("Nobody", "binance", (SPOT,), Timeframe.H1),
    *(START + timedelta(days=20), START + timedelta(days=21)),
)


def test_a_bot_that_does_not_start_says_why_and_leaves_freqtrade_as_it_was() -> None:
    config = worker_config(PLAN, HERE, startup_candles=100)
    before = Worker._sleep, converter.clean_ohlcv_dataframe, host_exchange.clean_ohlcv_dataframe

    with virtual_time(PLAN.start) as hand:
        exchange = DirectExchange([spot_market(candles(600))], MovedClock(), record="binance")
        with pytest.raises(ConfigurationError, match=r"Freqtrade does not start Nobody: .*Nobody"):
            run_worker(config, exchange, hand, end=PLAN.end, report=lambda _: None)

    after = Worker._sleep, converter.clean_ohlcv_dataframe, host_exchange.clean_ohlcv_dataframe
    assert after == before
    assert exchange.requests["/api/v3/exchangeInfo"] > 0
