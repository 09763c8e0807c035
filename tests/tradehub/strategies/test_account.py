"""Freqtrade's wallet and trades, in memory and in its database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from freqtrade.persistence import LocalTrade, Trade

from proratio_core.clock import FixedClock, to_ms
from proratio_core.errors import RiskError
from proratio_tradehub.desk import ClockGauge
from proratio_tradehub.strategies.account import FreqtradeAccount, LiveAccount
from tests.tradehub.desk.made import BTC, ETH, HOUR, NOW, candle_book, candles
from tests.tradehub.strategies.hosts import Exchange, Wallets, trade_database


def a_trade(kind: type[Any], pair: str, *, opened: datetime, closed: datetime | None = None) -> Any:
    trade = kind(
        pair=pair,
        exchange="binance",
        open_date=opened.replace(tzinfo=None),
        open_rate=100.0,
        amount=1.0,
        stake_amount=100.0,
        fee_open=0.001,
        fee_close=0.001,
        is_open=closed is None,
    )
    trade.realized_profit = 0.0
    if closed is not None:
        trade.close_date = closed.replace(tzinfo=None)
        trade.close_profit_abs = 7.0
    return trade


@pytest.fixture
def simulated() -> Iterator[FreqtradeAccount]:
    LocalTrade.use_db = Trade.use_db = False
    LocalTrade.reset_trades()
    LocalTrade.add_bt_trade(a_trade(LocalTrade, BTC, opened=NOW - 2 * HOUR))
    for hours in (50, 30, 5):
        closed = a_trade(
            LocalTrade, ETH, opened=NOW - (hours + 1) * HOUR, closed=NOW - hours * HOUR
        )
        LocalTrade.bt_trades.append(closed)
        LocalTrade.bt_total_profit += closed.close_profit_abs
    yield FreqtradeAccount(Wallets(), candle_book(), stake_currency="USDT")
    LocalTrade.reset_trades()


def test_simulated_account_reads_the_simulated_trades(simulated: FreqtradeAccount) -> None:
    assert [trade.pair for trade in simulated.open_trades()] == [BTC]
    assert simulated.free_quote == 10_000.0
    assert simulated.realised_profit_quote == pytest.approx(21.0)
    assert simulated.start_quote == pytest.approx(10_000.0 + 100.0 - 21.0)
    assert simulated.clock_skew_s == 0.0


def test_simulated_entries_are_those_after_the_moment(simulated: FreqtradeAccount) -> None:
    assert sorted(simulated.entries_since(NOW - 24 * HOUR)) == [NOW - 6 * HOUR, NOW - 2 * HOUR]
    assert len(simulated.entries_since(NOW - 40 * HOUR)) == 3


def test_simulated_positions_are_worth_the_last_close(simulated: FreqtradeAccount) -> None:
    assert simulated.mark_price(BTC, to_ms(NOW)) == candles()["close"].iloc[-1]
    with pytest.raises(RiskError):
        simulated.mark_price("DOGE/USDT", to_ms(NOW))


def test_live_account_reads_freqtrades_database_and_the_rates_it_saw() -> None:
    with trade_database():
        for trade in (
            a_trade(Trade, BTC, opened=NOW - 2 * HOUR),
            a_trade(Trade, ETH, opened=NOW - 30 * HOUR, closed=NOW - 5 * HOUR),
        ):
            Trade.session.add(trade)
        Trade.commit()
        exchange = Exchange()
        account = LiveAccount(
            Wallets(),
            candle_book(),
            stake_currency="USDT",
            exchange=exchange,
            gauge=ClockGauge(lambda: 0, clock=FixedClock(NOW)),
        )
        assert account.realised_profit_quote == pytest.approx(7.0)
        assert account.realised_since(NOW - 6 * HOUR) == pytest.approx(7.0)
        assert account.realised_since(NOW - 4 * HOUR) == 0.0
        assert account.entries_since(NOW - 24 * HOUR) == [NOW - 2 * HOUR]
        assert account.mark_price(BTC, to_ms(NOW)) == candles()["close"].iloc[-1]
        exchange._exit_rate_cache[BTC] = 123.0
        assert account.mark_price(BTC, to_ms(NOW)) == 123.0
