"""What a trade moved, from its orders where they are known and from its means where not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from proratio_tradehub.journal import JournalEntry, Kind
from proratio_tradehub.tax.movements import ContractResult, Movement, has_all_fills, movements_of
from tests.tradehub.journal.made import HOUR, NOW, a_trade, an_entry, closed


def fill(order: str, role: str, filled: float, price: float, hours: float) -> JournalEntry:
    return an_entry(
        about=f"{order} {filled}",
        order_id=order,
        at=NOW + hours * HOUR,
        document={"role": role, "filled": filled, "price": price},
    )


FILLS = (
    fill("order-1", "entry", 0.2, 90.0, 0),  # a running sum: 0.2, later 0.5
    fill("order-1", "entry", 0.5, 90.0, 0.1),
    fill("order-2", "entry", 0.5, 110.0, 0.5),
    fill("order-3", "exit", 0.4, 105.0, 0.7),
    fill("order-4", "stop", 0.6, 100.0, 1),
)


def test_a_closed_trade_is_a_purchase_and_a_sale_with_their_fees() -> None:
    bought, sold = movements_of(a_trade(**closed()))
    assert isinstance(bought, Movement)
    assert isinstance(sold, Movement)
    assert (bought.amount, bought.value_quote, bought.at) == (1, Decimal("100.1"), NOW)
    assert (sold.amount, sold.value_quote) == (-1, Decimal("109.89"))
    assert (sold.asset, sold.quote, sold.at) == ("BTC", "USDT", NOW + HOUR)


def test_each_order_is_a_movement_where_the_journal_has_them_all() -> None:
    trade = a_trade(**closed(close_rate=102.0, fee_close_quote=0.102))
    moved = [one for one in movements_of(trade, reversed(FILLS)) if isinstance(one, Movement)]
    assert [one.amount for one in moved] == [
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal("-0.4"),
        Decimal("-0.6"),
    ]
    fees = sum(one.value_quote for one in moved[:2]) - 100
    assert fees == Decimal("0.1")  # shared out by value
    assert moved[1].value_quote > moved[0].value_quote
    assert sum(one.value_quote for one in moved[2:]) == Decimal("101.898")


@pytest.mark.parametrize("missing", range(1, len(FILLS)))
def test_an_order_that_is_missing_leaves_the_means(missing: int) -> None:
    some = FILLS[:missing] + FILLS[missing + 1 :]
    assert not has_all_fills(a_trade(**closed()), some)
    assert len(list(movements_of(a_trade(**closed()), some))) == 2


def test_an_open_trade_that_was_partly_sold_shows_the_sale() -> None:
    trade = a_trade(amount=0.6, profit_quote=1.0, fee_close_quote=0.04)
    moved = list(movements_of(trade, FILLS[:4]))
    assert len(moved) == 3
    assert isinstance(moved[-1], Movement)
    assert moved[-1].amount == Decimal("-0.4")


def test_other_entries_of_the_journal_are_not_fills() -> None:
    assert not has_all_fills(a_trade(), [an_entry(Kind.ORDER)])


def test_a_contract_has_a_result_once_it_is_closed_and_never_coins() -> None:
    contract = {"symbol": "BTC/USDT:USDT", "side": "short", "funding_quote": -0.5}
    assert not list(movements_of(a_trade(**contract)))
    (result,) = movements_of(a_trade(**contract, **closed()))
    assert isinstance(result, ContractResult)
    assert (result.profit_quote, result.funding_quote) == (Decimal("9.79"), Decimal("-0.5"))
