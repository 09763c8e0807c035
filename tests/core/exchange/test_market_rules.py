"""Market rules: assumed from candles, read off ccxt's markets, and given back to ccxt."""

from __future__ import annotations

from pathlib import Path

import ccxt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import empty_frame, make_frame
from proratio_core.errors import DataError
from proratio_core.exchange import MarketRules, assumed_rules, to_ccxt_market
from proratio_core.exchange.market_rules import rules_from_ccxt
from proratio_core.values import Pair

SPOT, PERPETUAL = Pair.parse("BTC/USDT"), Pair.parse("BTC/USDT:USDT")
RULES = MarketRules(price_tick=0.01, amount_step=1e-05, min_amount=1e-05, min_cost=5.0)


def frame(prices: list[float], volumes: list[float]) -> pd.DataFrame:
    price, times = np.array(prices), np.arange(len(prices), dtype=np.int64) * 60_000
    columns = dict.fromkeys(("open", "high", "low", "close"), price)
    return make_frame(times, {**columns, "volume": np.array(volumes)})


def test_rules_are_assumed_from_the_decimals_of_prices_and_volumes() -> None:
    assert assumed_rules(frame([42283.58, 42000.0], [0.123, 5.0])) == MarketRules(
        price_tick=0.01, amount_step=0.001, min_amount=0.001, min_cost=5.0
    )


def test_a_stray_decimal_does_not_make_the_tick_finer() -> None:
    assert assumed_rules(frame([1.25] * 199 + [1.256], [1.0] * 200)).price_tick == 0.01


def test_rules_assumed_from_float_noise_are_the_finest_there_are() -> None:
    assert assumed_rules(frame([1 / 3], [1.0])).price_tick == 1e-08


def test_rules_cannot_be_assumed_from_no_candles() -> None:
    with pytest.raises(DataError, match="import or download"):
        assumed_rules(empty_frame())


@given(ticks=st.lists(st.integers(1, 10**9), min_size=1, max_size=20), decimals=st.integers(0, 8))
def test_every_price_is_a_multiple_of_the_assumed_tick(ticks: list[int], decimals: int) -> None:
    prices = [tick / 10**decimals for tick in ticks]
    tick = assumed_rules(frame(prices, [1.0] * len(prices))).price_tick
    assert tick >= float(f"1e-{decimals}")
    assert np.allclose(np.round(np.array(prices) / tick) * tick, prices, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    "bad", [(0.0, 1.0, 1.0, 1.0), (1.0, -1.0, 1.0, 1.0), (1.0, 1.0, 1.0, float("nan"))]
)
def test_impossible_rules_are_refused(bad: tuple[float, float, float, float]) -> None:
    with pytest.raises(DataError, match="needs"):
        MarketRules(*bad)


@pytest.mark.parametrize("pair", [SPOT, PERPETUAL])
def test_ccxt_takes_the_market_and_gives_the_rules_back(pair: Pair) -> None:
    exchange = ccxt.binance()
    exchange.set_markets([to_ccxt_market(pair, RULES)])
    assert rules_from_ccxt(exchange.market(str(pair))) == RULES
    assert exchange.amount_to_precision(str(pair), 1.2345678) == "1.23456"
    assert exchange.price_to_precision(str(pair), 1.2345678) == "1.23"


def test_a_market_without_a_price_tick_states_no_rules() -> None:
    market = to_ccxt_market(SPOT, RULES)
    market["precision"]["price"] = None
    assert rules_from_ccxt(market) is None


def test_recorded_bitcoin_has_its_known_tick_and_step(market_data: Path) -> None:
    recorded = pd.read_feather(market_data / "binance" / "BTC_USDT-1h.feather")
    rules = assumed_rules(recorded.tail(1000))
    assert (rules.price_tick, rules.amount_step) == (0.01, 1e-05)
