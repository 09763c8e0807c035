"""Open interest once a minute, and a word about it where it is not told."""

from __future__ import annotations

import asyncio
import itertools
import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import structlog

from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.errors import DataError, TransientError
from proratio_core.streaming import InterestStream
from proratio_core.values import Pair

PAIR = Pair.parse("BTC/USDT:USDT")
CLOCK = FixedClock(datetime(2024, 3, 1, 12, tzinfo=UTC))


class Exchange:
    """Tells one more each time, unless it is away."""

    def __init__(self) -> None:
        self.asked, self.is_away, self.heard = 0, False, threading.Event()

    def tell(self, pair: Pair) -> OpenInterest:
        self.asked += 1
        self.heard.set()
        if self.is_away:
            raise TransientError("binance does not answer")
        return OpenInterest(pair, to_ms(CLOCK.now()) + self.asked * 60_000, float(self.asked))


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def stream(exchange: Exchange, database: Database) -> InterestStream:
    store = OpenInterestStore(database)
    return InterestStream(exchange.tell, store, exchange="binance", pairs=[PAIR], clock=CLOCK)


def test_what_is_not_answered_is_left_out_and_said_once_an_outage(
    stream: InterestStream, exchange: Exchange, database: Database
) -> None:
    with structlog.testing.capture_logs() as logged:
        for exchange.is_away in (False, True, True, False, True):
            stream.collect()
    assert OpenInterestStore(database).read("binance", PAIR)["open_interest"].tolist() == [1.0, 4.0]
    assert [entry["event"] for entry in logged] == ["no open interest"] * 2


def test_a_pair_of_which_nothing_is_told_is_named_once_and_costs_the_others_nothing(
    database: Database,
) -> None:
    other, store, untold = Pair.parse("ETH/USDT:USDT"), OpenInterestStore(database), {PAIR}
    minutes = itertools.count()

    def ask(pair: Pair) -> OpenInterest:
        if pair in untold:
            raise DataError(f"no open interest of {pair} is recorded")
        return OpenInterest(pair, to_ms(CLOCK.now()) + next(minutes) * 60_000, 5.0)

    stream = InterestStream(ask, store, exchange="binance", pairs=[PAIR, other], clock=CLOCK)
    with structlog.testing.capture_logs() as logged:
        assert [stream.collect(), stream.collect()] == [1, 1]
        untold.clear()
        assert stream.collect() == 2
        untold.update({PAIR, other})
        assert stream.collect() == 0
    assert [entry["pairs"] for entry in logged] == [str(PAIR), f"{PAIR}, {other}"]
    assert logged[0]["reason"] == f"no open interest of {PAIR} is recorded"
    assert len(store.read("binance", other)) == 3


def test_it_begins_at_once_and_ends_when_it_is_told_to(
    stream: InterestStream, exchange: Exchange
) -> None:
    async def begin() -> None:
        task = asyncio.create_task(stream.run())
        await asyncio.to_thread(exchange.heard.wait, 10)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(begin(), timeout=10))
    assert exchange.asked >= 1
