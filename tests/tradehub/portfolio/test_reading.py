"""Returns and views as the database has them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock, from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_signals.backfill import backfill
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_tradehub.portfolio.reading import read_returns, read_views, traded_pairs
from tests.signals.samples import BTC, ETH, candle_frame, close_of


@pytest.fixture
def stored(database: Database) -> Database:
    CandleStore(database).write(BTC, candle_frame(700))
    CandleStore(database).write(ETH, candle_frame(700, seed=2))
    return database


def test_every_stored_pair_is_found_and_read(stored: Database) -> None:
    pairs = traded_pairs(stored, BTC.exchange, Timeframe.H1)
    assert pairs == (BTC.pair, ETH.pair)
    returns = read_returns(stored, [BTC, ETH])
    assert returns.assets == ("BTC/USDT", "ETH/USDT")
    assert len(returns) == 699
    assert len(read_returns(stored, [BTC], Timerange(close_of(99), close_of(199)))) == 99


def test_a_pair_that_ended_long_ago_has_to_be_named(stored: Database) -> None:
    ended = SeriesKey(BTC.exchange, Pair.parse("MATIC/USDT"), Timeframe.H1)
    CandleStore(stored).write(ended, candle_frame(300, seed=3))
    assert ended.pair not in traded_pairs(stored, BTC.exchange, Timeframe.H1)
    assert len(read_returns(stored, [BTC, ended])) == 299


def test_what_is_not_stored_is_named(stored: Database) -> None:
    with pytest.raises(DataError, match="no 1d candles of binance are stored"):
        traded_pairs(stored, BTC.exchange, Timeframe.D1)
    late = close_of(10_000)
    with pytest.raises(DataError, match="BTC/USDT 1h of binance has no candles in"):
        read_returns(stored, [BTC], Timerange(late, late + timedelta(days=1)))


def test_only_votes_on_the_last_candle_are_views(stored: Database) -> None:
    profile = load_profile("offline")
    ledger = Ledger(stored)
    questions = [Question(BTC, close_of(index)) for index in range(400, 700)]

    async def ask() -> None:
        settings = Settings()
        async with open_advisor(settings, stored, profile, clock=SystemClock()) as advisor:
            await backfill(questions, advisor, ledger, concurrency=16)

    asyncio.run(ask())
    acting = [v for v in ledger.votes(BTC, profile.hash) if v.action is not Action.HOLD]
    assert acting
    closed_at = acting[0].question.as_of

    end = closed_at - timedelta(hours=1)  # the last candle opens then
    returns = read_returns(stored, [BTC, ETH], Timerange(None, end + timedelta(seconds=1)))
    assert from_ms(int(returns.open_ms[-1])) + timedelta(hours=1) == closed_at
    (view,) = read_views(stored, [BTC, ETH], profile, returns)
    assert view.asset == "BTC/USDT"
    assert view.confidence == pytest.approx(acting[0].score)

    assert read_views(stored, [ETH], profile, returns) == ()
    stale = read_returns(stored, [BTC], Timerange(None, close_of(300)))
    assert read_views(stored, [BTC], profile, stale) == ()
