"""Freqtrade's trades as positions; what they earned is what Freqtrade would say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from freqtrade.enums import TradingMode
from freqtrade.persistence import LocalTrade
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import RiskError
from proratio_tradehub.desk.positions import position_of, unrealised_quote
from proratio_tradehub.risk import Side
from tests.tradehub.desk.made import MadeTrade


def test_position_has_the_trades_figures() -> None:
    position = position_of(MadeTrade(), 110.0, cost_frac=0.001)
    assert (str(position.pair), position.side, position.amount) == ("ETH/USDT", Side.LONG, 1.0)
    assert (position.mark_price, position.stop_price) == (110.0, 95.0)
    assert position.exit_cost_frac == 0.002  # the trade's own fee is the larger one
    assert position.planned_loss_quote == pytest.approx(15.0 + 0.002 * 95.0)


def test_entry_that_is_not_filled_counts_as_if_it_were_and_has_earned_nothing() -> None:
    waiting = MadeTrade(amount=0.0, amount_requested=2.0, stake_amount=200.0)
    assert position_of(waiting, 100.0, cost_frac=0.0).amount == 2.0
    assert unrealised_quote(waiting, 500.0) == 0.0


def test_trade_without_a_stop_has_none() -> None:
    assert position_of(MadeTrade(stop_loss=0.0), 100.0, cost_frac=0.0).stop_price is None


def test_trade_whose_figures_are_not_usable_is_refused() -> None:
    with pytest.raises(RiskError, match="mark_price is nan"):
        position_of(MadeTrade(), float("nan"), cost_frac=0.0)


@given(
    st.booleans(),
    st.floats(0.01, 1e5),
    st.floats(0.01, 1e5),
    st.floats(1e-3, 1e3),
    st.floats(0.0, 0.01),
)
def test_profit_is_what_freqtrade_computes(
    is_short: bool, entered: float, price: float, amount: float, fee: float
) -> None:
    trade = LocalTrade(
        pair="BTC/USDT:USDT",
        stake_amount=amount * entered,
        amount=amount,
        open_rate=entered,
        fee_open=fee,
        fee_close=fee,
        is_short=is_short,
        leverage=1.0,
        trading_mode=TradingMode.FUTURES,
        open_date=datetime(2024, 1, 1, tzinfo=UTC),
        exchange="binance",
    )
    trade.recalc_open_trade_value()
    expected = trade.calculate_profit(price).profit_abs
    assert unrealised_quote(trade, price) == pytest.approx(expected, rel=1e-6, abs=1e-6)
