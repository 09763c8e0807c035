"""Rules in the database: what the exchange stated comes first, the candles stand in."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import make_frame
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.exchange import MarketRules, find_rules, load_rules, save_rules
from proratio_core.values import Pair, SeriesKey, Timeframe

BTC, ETH = Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")
STATED = MarketRules(price_tick=0.5, amount_step=0.1, min_amount=0.2, min_cost=10.0)


def write(database: Database, pair: Pair, timeframe: Timeframe, prices: list[float]) -> None:
    times = np.arange(len(prices), dtype=np.int64) * timeframe.ms
    columns = dict.fromkeys(("open", "high", "low", "close"), np.array(prices))
    frame = make_frame(times, {**columns, "volume": np.full(len(prices), 1.5)})
    CandleStore(database).write(SeriesKey("binance", pair, timeframe), frame)


def test_stated_rules_outrank_the_candles(database: Database) -> None:
    write(database, BTC, Timeframe.H1, [1.25])
    write(database, ETH, Timeframe.H1, [1.125])
    save_rules(database, "binance", {BTC: STATED})
    found = find_rules(database, "binance", [BTC, ETH])
    assert found == {BTC: STATED, ETH: MarketRules(0.001, 0.1, 0.1, 5.0)}


def test_rules_stated_again_replace_the_old_ones(database: Database) -> None:
    save_rules(database, "binance", {BTC: MarketRules(1, 1, 1, 1)})
    save_rules(database, "binance", {BTC: STATED})
    assert load_rules(database, "binance") == {BTC: STATED}


def test_rules_of_another_exchange_do_not_count(database: Database) -> None:
    save_rules(database, "kraken", {BTC: STATED})
    assert load_rules(database, "binance") == {}


def test_rules_are_assumed_from_the_newest_candles_of_the_finest_series(
    database: Database,
) -> None:
    write(database, BTC, Timeframe.H1, [1.123])
    write(database, BTC, Timeframe.M5, [1.123456, *([1.12] * 1000)])
    assert find_rules(database, "binance", [BTC])[BTC].price_tick == 0.01


def test_a_pair_nobody_knows_is_refused(database: Database) -> None:
    with pytest.raises(DataError, match="BTC/USDT has no candles"):
        find_rules(database, "binance", [BTC])
