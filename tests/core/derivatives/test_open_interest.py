"""Figures of open interest are kept once and read back by span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.errors import DataError
from proratio_core.values import Pair, Timerange

BTC, ETH = Pair.parse("BTC/USDT:USDT"), Pair.parse("ETH/USDT:USDT")
AT = datetime(2024, 3, 1, tzinfo=UTC)


def figure(pair: Pair, minute: int, amount: float) -> OpenInterest:
    return OpenInterest(pair, to_ms(AT + timedelta(minutes=minute)), amount)


def test_the_first_word_on_a_moment_stands(database: Database) -> None:
    store = OpenInterestStore(database)
    assert store.add("binance", [figure(BTC, 1, 10.0), figure(BTC, 0, 9.0)]) == 2
    assert store.add("binance", [figure(BTC, 1, 99.0), figure(ETH, 1, 5.0)]) == 1
    assert store.add("binance", []) == 0
    frame = store.read("binance", BTC)
    assert frame["open_interest"].tolist() == [9.0, 10.0]
    assert open_times_ms(frame).tolist() == [to_ms(AT), to_ms(AT) + 60_000]


def test_a_span_is_half_open_and_each_exchange_has_its_own(database: Database) -> None:
    store = OpenInterestStore(database)
    store.add("binance", [figure(BTC, minute, float(minute)) for minute in range(5)])
    span = Timerange(AT + timedelta(minutes=1), AT + timedelta(minutes=3))
    assert store.read("binance", BTC, span)["open_interest"].tolist() == [1.0, 2.0]
    assert store.read("testnet", BTC).empty
    assert store.read("binance", ETH).empty


def test_less_than_nothing_is_never_open(database: Database) -> None:
    with pytest.raises((DataError, psycopg2.Error), match="amount_base"):
        OpenInterestStore(database).add("binance", [figure(BTC, 0, -1.0)])
