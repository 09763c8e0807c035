"""A strategy that trades puts its candidates, failures and orders on record; a backtest nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.journal import TradingRecord, read_entries
from proratio_tradehub.orders import OrderEvent, OrderEventKind, OrderIntent, Purpose
from proratio_tradehub.strategies.recorded import (
    note_candidate,
    note_failure,
    note_order,
    record_of,
)
from tests.tradehub.desk.made import candle_book
from tests.tradehub.journal.made import ACCOUNT, NOW, SIGNAL
from tests.tradehub.journal.trades import MadeTrades, a_ft_trade, an_order
from tests.tradehub.strategies.test_candidate import frame

INTENT = OrderIntent(
    name="pr0abc",
    at=NOW,
    symbol="BTC/USDT",
    side="buy",
    kind="limit",
    purpose=Purpose.OPEN,
    amount=1.0,
    price=100.0,
    tag=SIGNAL,
)


@pytest.fixture
def trades() -> MadeTrades:
    return MadeTrades()


@pytest.fixture
def strategy(tmp_path: Path, trades: MadeTrades) -> Any:
    record = TradingRecord(
        *(ACCOUNT, "Trend"),
        settings=Settings(PRORATIO_USER_DATA=tmp_path),
        candles=candle_book(),
        trades=trades,
        clock=FixedClock(NOW),
    )
    return SimpleNamespace(_risk=SimpleNamespace(record=record), timeframe="1h")


def flush(strategy: Any, database: Database) -> None:
    record = record_of(strategy)
    assert record is not None
    record.flush(database)


def test_only_a_marked_candle_is_a_candidate(strategy: Any, database: Database) -> None:
    note_candidate(strategy, "BTC/USDT", frame(enter_long=[1, 0]))
    note_candidate(strategy, "BTC/USDT", frame(enter_long=[0, 1], enter_tag=[None, SIGNAL]))
    note_failure(strategy, "custom_exit", ValueError("broken"))
    flush(strategy, database)
    candidate, incident = read_entries(database)
    assert (candidate.kind.value, candidate.signal_id) == ("candidate", SIGNAL)
    assert incident.document["error"] == "ValueError: broken"


def event(kind: OrderEventKind, **more: Any) -> OrderEvent:
    order_id = more.pop("order_id", None)
    document = {"order": {"name": INTENT.name, "purpose": INTENT.purpose}, **more}
    return OrderEvent(kind=kind, at=NOW, intent=INTENT, order_id=order_id, document=document)


def test_intent_is_followed_to_its_order_and_to_what_was_found_of_it(
    strategy: Any, trades: MadeTrades, database: Database
) -> None:
    note_order(strategy, event(OrderEventKind.INTENT))
    note_order(strategy, event(OrderEventKind.ORDER, order_id="42", status="open"))
    note_order(strategy, event(OrderEventKind.INCIDENT, what="nobody knows whether it exists"))
    note_order(strategy, event(OrderEventKind.RECONCILED, order_id="42", outcome="known"))
    trade = a_ft_trade()
    an_order(trade, filled=0.0, order_id="42", after=timedelta(seconds=1))
    trades.trades.append(trade)
    strategy._risk.record.look(NOW)
    flush(strategy, database)
    entries = {entry.kind.value: entry for entry in read_entries(database)}
    assert sorted(entries) == ["incident", "intent", "order", "reconciled"]
    assert entries["intent"].document["order"] == {"name": "pr0abc", "purpose": "open"}
    assert entries["order"].document["intent"] == "pr0abc"
    assert (entries["order"].trade_id, entries["reconciled"].order_id) == (1, "42")
    assert {entry.signal_id for entry in entries.values()} == {SIGNAL}


def test_backtest_keeps_no_record() -> None:
    for strategy in (SimpleNamespace(), SimpleNamespace(_risk=None)):
        assert record_of(strategy) is None
        note_candidate(strategy, "BTC/USDT", frame(enter_long=[0, 1]))
        note_failure(strategy, "custom_exit", ValueError("broken"))
        note_order(strategy, event(OrderEventKind.INTENT))
