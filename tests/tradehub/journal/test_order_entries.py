"""Every step of an order is told once, with the figures of that moment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal import Journal, JournalEntry, read_entries
from proratio_tradehub.journal.order_entries import note_exit, note_orders, order_states
from proratio_tradehub.journal.trade_figures import account_trade
from tests.tradehub.journal.made import ACCOUNT, NOW, SIGNAL
from tests.tradehub.journal.trades import a_ft_trade, an_order

MINUTE = timedelta(minutes=1)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(ACCOUNT, "Trend", folder=tmp_path)


def told(journal: Journal, database: Database) -> list[JournalEntry]:
    journal.flush(database)
    return sorted(read_entries(database), key=lambda entry: entry.id or 0)


def test_order_that_fills_in_parts_is_told_step_by_step(
    journal: Journal, database: Database
) -> None:
    trade = a_ft_trade()
    order = an_order(trade, filled=0.0, order_id="42")
    note_orders(journal, trade, NOW + MINUTE)
    order.filled, order.remaining, order.average = 0.25, 0.75, 99.5
    note_orders(journal, trade, NOW + 2 * MINUTE)
    note_orders(journal, trade, NOW + 3 * MINUTE)
    order.filled, order.remaining, order.status = 1.0, 0.0, "closed"
    order.ft_is_open, order.order_filled_date = False, NOW + 4 * MINUTE
    note_orders(journal, trade, NOW + 5 * MINUTE)
    placed, part, whole = told(journal, database)
    assert [e.kind.value for e in (placed, part, whole)] == ["order", "fill", "fill"]
    assert placed.document["role"] == "entry"
    assert (placed.document["price"], placed.document["amount"]) == (100.0, 1.0)
    assert (placed.order_id, placed.trade_id, placed.signal_id) == ("42", 1, SIGNAL)
    assert (part.at, part.document["filled"], part.document["price"]) == (
        *(NOW + 2 * MINUTE, 0.25, 99.5),
    )
    assert (part.document["is_whole"], whole.document["is_whole"]) == (False, True)
    assert whole.at == NOW + 4 * MINUTE


def test_order_given_up_after_a_part_says_what_was_filled_and_why(
    journal: Journal, database: Database
) -> None:
    trade = a_ft_trade()
    an_order(trade, filled=0.25, ft_is_open=False, status="canceled", ft_cancel_reason="timeout")
    note_orders(journal, trade, NOW)
    _, fill, cancel = told(journal, database)
    assert not fill.document["is_whole"]
    assert cancel.kind.value == "cancel"
    assert (cancel.document["reason"], cancel.document["filled"]) == ("timeout", 0.25)


def test_exit_says_why_and_what_it_came_to(journal: Journal, database: Database) -> None:
    trade = a_ft_trade()
    an_order(trade)
    trade.recalc_trade_from_orders()
    an_order(trade, "sell", price=110.0, after=MINUTE)
    trade.exit_reason = "roi"
    trade.close(110.0)
    figures = account_trade(trade, ACCOUNT)
    assert figures is not None
    note_exit(journal, trade, figures)
    (exited,) = told(journal, database)
    assert exited.at == NOW + MINUTE
    assert (exited.document["reason"], exited.document["held_s"]) == ("roi", 60.0)
    assert exited.document["profit_quote"] == pytest.approx(trade.close_profit_abs)


def test_states_differ_whenever_there_is_something_to_tell() -> None:
    trade = a_ft_trade()
    order = an_order(trade, filled=0.0)
    seen = {order_states(trade)}
    order.filled = 0.5
    seen.add(order_states(trade))
    order.status, order.ft_is_open = "canceled", False
    seen.add(order_states(trade))
    assert len(seen) == 3
