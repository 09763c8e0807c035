"""The account as the engine sees it."""

from __future__ import annotations

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.desk.account import Costs, equity_quote, portfolio_state
from proratio_tradehub.desk.equity import EquityBook
from proratio_tradehub.risk import PortfolioState
from tests.tradehub.desk.made import COSTS, HOUR, NOW, MadeAccount, MadeTrade, candle_book


def state_of(account: MadeAccount) -> PortfolioState:
    book = EquityBook()
    book.observe(NOW, equity_quote(account, NOW))
    return portfolio_state(account, book, candle_book(), now=NOW, costs=COSTS)


def test_equity_is_what_closing_everything_would_leave() -> None:
    bought = MadeTrade(amount=2.0, open_rate=90.0, stake_amount=180.0)
    waiting = MadeTrade(amount=0.0, amount_requested=1.0, stake_amount=50.0)
    account = MadeAccount(free_quote=1_000.0, trades=[bought, waiting])
    fees = 0.002 * 2.0 * (90.0 + 100.0)
    assert equity_quote(account, NOW) == pytest.approx(1_000.0 + 50.0 + 2.0 * 100.0 - fees)


def test_state_counts_the_days_entries_and_the_last_one_of_a_day() -> None:
    account = MadeAccount(entries=[NOW - 30 * HOUR, NOW - 13 * HOUR, NOW - 2 * HOUR])
    state = state_of(account)
    assert state.entries_today == 1
    assert state.last_entry_at == NOW - 2 * HOUR
    account.entries = [NOW - 13 * HOUR]
    assert state_of(account).last_entry_at == NOW - 13 * HOUR


def test_state_has_the_positions_at_their_prices_and_costs() -> None:
    (position,) = state_of(MadeAccount(trades=[MadeTrade(fee_close=0.0)])).positions
    assert position.mark_price == 100.0
    assert position.exit_cost_frac == COSTS.side_frac == pytest.approx(0.002)


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -5.0])
def test_money_that_is_no_number_above_zero_is_refused(equity: float) -> None:
    with pytest.raises(RiskError):
        state_of(MadeAccount(free_quote=equity))


def test_costs_of_a_side_are_fee_and_slippage() -> None:
    assert Costs(0.001, 0.002, spread_frac=0.5).side_frac == pytest.approx(0.003)
