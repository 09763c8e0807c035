"""Freqtrade's own arithmetic and the figures that are stored agree to the last cent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freqtrade.persistence import Trade

from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.journal.trade_figures import account_trade, role_of, trade_key
from tests.tradehub.journal.made import ACCOUNT, NOW, SIGNAL
from tests.tradehub.journal.trades import a_ft_trade, an_order

MINUTE = timedelta(minutes=1)


def figures(trade: Trade) -> AccountTrade:
    found = account_trade(trade, ACCOUNT)
    assert found is not None
    return found


def add_up(found: AccountTrade) -> float:
    assert found.close_rate is not None
    assert found.fee_close_quote is not None
    sign = -1.0 if found.side == "short" else 1.0
    gross = sign * found.amount * (found.close_rate - found.open_rate)
    return gross - found.fee_open_quote - found.fee_close_quote + found.funding_quote


def test_nothing_filled_is_no_trade() -> None:
    trade = a_ft_trade()
    assert account_trade(trade, ACCOUNT) is None
    an_order(trade, filled=0.0)
    assert account_trade(trade, ACCOUNT) is None


def test_open_trade_says_what_is_held() -> None:
    trade = a_ft_trade()
    an_order(trade, after=MINUTE)
    trade.recalc_trade_from_orders()
    trade.adjust_stop_loss(100.0, -0.05, initial=True)
    found = figures(trade)
    assert (found.symbol, found.trade_id, found.enter_tag) == ("BTC/USDT", 1, SIGNAL)
    assert (found.is_open, found.closed_at, found.profit_quote) == (True, None, None)
    assert (found.amount, found.open_rate, found.stake_quote) == (1.0, 100.0, 100.0)
    assert found.fee_open_quote == pytest.approx(0.1)
    assert found.stop_price == pytest.approx(95.0)
    assert found.opened_at == NOW + MINUTE


def test_part_that_is_filled_of_an_open_order_is_held_already() -> None:
    trade = a_ft_trade()
    an_order(trade, filled=0.25)
    assert figures(trade).amount == 0.25


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("leverage", [1.0, 3.0])
def test_closed_trade_adds_up_to_freqtrades_profit(short: bool, leverage: float) -> None:
    trade = a_ft_trade(is_short=short, leverage=leverage, trading_mode="futures")
    into, out = ("sell", "buy") if short else ("buy", "sell")
    an_order(trade, into, funding_fee=0.0)
    trade.recalc_trade_from_orders()
    an_order(trade, into, price=104.0, after=MINUTE, funding_fee=-0.02)
    trade.recalc_trade_from_orders()
    an_order(trade, out, amount=0.5, price=107.0, after=2 * MINUTE, funding_fee=-0.3)
    trade.recalc_trade_from_orders()
    part = figures(trade)
    assert (part.is_open, part.amount) == (True, 1.5)
    assert part.profit_quote == pytest.approx(trade.realized_profit)
    an_order(trade, out, amount=1.5, price=111.0, after=3 * MINUTE, funding_fee=0.05)
    trade.close(111.0)
    whole = figures(trade)
    assert (whole.is_open, whole.amount, whole.leverage) == (False, 2.0, leverage)
    assert whole.closed_at == NOW + 3 * MINUTE
    assert whole.open_rate == pytest.approx(102.0)
    assert whole.close_rate == pytest.approx(110.0)
    assert whole.stake_quote == pytest.approx(204.0 / leverage)
    assert whole.funding_quote == pytest.approx(-0.27)
    assert whole.profit_quote == trade.close_profit_abs
    assert add_up(whole) == pytest.approx(trade.close_profit_abs, abs=1e-6)


def test_fee_in_the_base_currency_is_counted_once() -> None:
    trade = a_ft_trade()
    an_order(trade, ft_fee_base=0.001)
    trade.recalc_trade_from_orders()
    an_order(trade, "sell", amount=0.999, price=110.0, after=MINUTE)
    trade.close(110.0)
    whole = figures(trade)
    assert whole.amount == pytest.approx(0.999)
    assert add_up(whole) == pytest.approx(trade.close_profit_abs, abs=1e-6)


def test_stop_on_the_exchange_is_an_exit() -> None:
    trade = a_ft_trade()
    an_order(trade)
    trade.recalc_trade_from_orders()
    stop = an_order(trade, "stoploss", price=95.0, order_type="stop_loss_limit", after=MINUTE)
    trade.close(95.0)
    assert role_of(trade, stop) == "stop"
    assert figures(trade).close_rate == 95.0
    assert add_up(figures(trade)) == pytest.approx(trade.close_profit_abs, abs=1e-6)


def test_trade_is_named_by_its_first_order_whatever_became_of_it() -> None:
    trade = a_ft_trade()
    assert trade_key(trade) == ("BTC/USDT", "trade 1")
    an_order(trade, filled=0.0, ft_is_open=False, status="canceled", order_id="first")
    an_order(trade, order_id="second")
    assert trade_key(trade) == ("BTC/USDT", "first")
    assert figures(trade).entry_order_id == "first"
