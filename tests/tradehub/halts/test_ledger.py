"""The table keeps every order once, and the database itself refuses to change one."""

from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.halts.events import Action
from proratio_tradehub.halts.ledger import HaltLedger
from tests.tradehub.halts.made import order


def test_orders_come_back_as_they_were_recorded_each_once(database: Database) -> None:
    ledger = HaltLedger(database)
    events = (order("a"), order("b", Action.RESUME, lifts=("a",)), order("c", Action.LIQUIDATE))
    ledger.add(events[:2])
    ledger.add(events)
    assert ledger.read() == events


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM halt_event", "UPDATE halt_event SET reason = 'x'", "TRUNCATE halt_event"],
)
def test_history_cannot_be_rewritten(database: Database, statement: str) -> None:
    ledger = HaltLedger(database)
    ledger.add([order("a")])
    with pytest.raises(DataError, match="append-only"), database.transaction() as cursor:
        cursor.execute(statement)
    assert ledger.read() == (order("a"),)
