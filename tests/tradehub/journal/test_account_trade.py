"""The figures of a trade add up."""

from __future__ import annotations

import pytest

from tests.tradehub.journal.made import a_trade, closed


def test_profit_of_a_closed_trade_is_what_its_figures_give() -> None:
    trade = a_trade(**closed())
    assert trade.close_rate is not None
    assert trade.fee_close_quote is not None
    gross = trade.amount * (trade.close_rate - trade.open_rate)
    fees = trade.fee_open_quote + trade.fee_close_quote
    assert gross - fees + trade.funding_quote == pytest.approx(trade.profit_quote)


def test_trade_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        a_trade().is_open = False  # type: ignore[misc]
