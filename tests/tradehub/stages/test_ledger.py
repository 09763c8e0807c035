from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.stages import StageLedger
from tests.tradehub.stages.made import LIVE, a_step


def test_the_last_step_of_an_account_holds(database: Database) -> None:
    ledger = StageLedger(database)
    assert ledger.last(LIVE) is None
    first, second = a_step(1), a_step(2)
    other = a_step(4, account="b live binance spot")
    for step in (first, second, other):
        ledger.add(step)
    assert ledger.last(LIVE) == second
    assert ledger.read(LIVE) == (first, second)
    assert ledger.read() == (first, second, other)
    assert str(first).endswith("stage 1 by a test at 2024-06-01 12:00:00 UTC: shown")


def test_a_step_without_a_reason_is_refused(database: Database) -> None:
    with pytest.raises(DataError, match="reason"):
        StageLedger(database).add(a_step(1, reason=""))


@pytest.mark.parametrize("change", ["UPDATE stage_step SET stage = 4", "DELETE FROM stage_step"])
def test_the_record_is_only_ever_added_to(database: Database, change: str) -> None:
    StageLedger(database).add(a_step(1))
    with pytest.raises(DataError, match="append-only"), database.transaction() as cursor:
        cursor.execute(change)
