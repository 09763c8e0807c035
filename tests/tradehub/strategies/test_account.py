"""Freqtrade's wallet and trades, in memory and in its database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import LocalTrade, Order, Trade

from proratio_core.clock import FixedClock, to_ms
from proratio_core.errors import RiskError
from proratio_tradehub.desk import ClockGauge
from proratio_tradehub.strategies.account import FreqtradeAccount, LiveAccount
from tests.live_session import five_minutes, live_session
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


def an_entry(*, amount: float, price: float, is_open: bool) -> Order:
    return Order(
        order_id=f"{amount}",
        ft_order_side="buy",
        ft_pair=BTC,
        ft_is_open=is_open,
        ft_amount=amount,
        ft_price=price,
        amount=amount,
        price=price,
        average=price,
        filled=0.0 if is_open else amount,
        status="open" if is_open else "closed",
    )


@pytest.mark.parametrize(("sends_orders", "tied_up"), [(True, 100.0 + 39.0), (False, 100.0)])
def test_an_addition_that_waits_ties_up_money_where_the_exchange_keeps_the_wallet(
    sends_orders: bool, tied_up: float
) -> None:
    with trade_database():
        trade = a_trade(Trade, BTC, opened=NOW - HOUR)
        trade.orders = [
            an_entry(amount=1.0, price=100.0, is_open=False),
            an_entry(amount=0.4, price=97.5, is_open=True),
        ]
        account = LiveAccount(
            Wallets(),
            candle_book(),
            stake_currency="USDT",
            exchange=Exchange(),
            gauge=ClockGauge(lambda: 0, clock=FixedClock(NOW)),
            sends_orders=sends_orders,
        )
        assert account.tied_up_quote(trade) == pytest.approx(tied_up)


@pytest.mark.slow
@pytest.mark.parametrize("symbol", ["BTC/USDT", "BTC/USDT:USDT"])
def test_an_entry_that_waits_is_no_profit_though_its_order_was_rounded_down(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, symbol: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    market = five_minutes(symbol)
    market = replace(market, rules=replace(market.rules, amount_step=0.002))
    waits = {"price_side": "same", "use_order_book": True}
    with live_session(tmp_path, [market], participation_frac=1e-9, entry_pricing=waits) as session:
        bot = session.start()
        session.loop(4)
        (trade,) = session.trades()
        (order,) = session.placed()
        assert (order.status.is_open, order.filled) == (True, 0.0)
        assert trade.stake_amount - trade.orders[0].stake_amount > 1.0  # what rounding took off
        assert bot.strategy._risk.desk.book.last_quote == pytest.approx(10_000.0)
