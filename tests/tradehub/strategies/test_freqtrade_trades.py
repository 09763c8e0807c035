"""Freqtrade's own database answers what the watch asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from freqtrade.persistence import Trade

from proratio_tradehub.strategies.freqtrade_trades import FreqtradeTrades
from tests.tradehub.journal.made import NOW
from tests.tradehub.journal.trades import a_ft_trade, an_order
from tests.tradehub.strategies.hosts import trade_database


@pytest.fixture(autouse=True)
def database() -> Iterator[None]:
    with trade_database():
        yield


def stored(number: int, *, is_open: bool = True) -> None:
    trade = a_ft_trade(number, is_open=is_open)
    if not is_open:
        trade.close_date = NOW + timedelta(hours=1)
    an_order(trade)
    Trade.session.add(trade)
    Trade.commit()


def test_open_asked_for_and_new_ones_are_current() -> None:
    book = FreqtradeTrades()
    assert (book.newest_id(), book.current((), 1), book.closed(0, 10)) == (0, [], [])
    for number in range(1, 8):
        stored(number, is_open=number == 2)
    assert book.newest_id() == 7
    assert sorted(one.id for one in book.current({4}, 7)) == [2, 4, 7]
    assert [order.order_id for order in book.current((), 8)[0].orders] == ["buy-2-0"]


def test_closed_ones_come_in_their_sequence_some_at_a_time() -> None:
    for number in (5, 1, 3, 2, 4):
        stored(number, is_open=number == 2)
    book = FreqtradeTrades()
    assert [one.id for one in book.closed(0, 2)] == [1, 3]
    assert [one.id for one in book.closed(3, 2)] == [4, 5]
    assert book.closed(5, 2) == []
