from __future__ import annotations

from proratio_core.database import Database
from proratio_tradehub.stages import StageGate, StageLedger
from tests.tradehub.stages.made import LIVE, NOON, a_step, built_in


def gate() -> StageGate:
    return StageGate(LIVE, built_in())


def test_before_it_is_read_nothing_is_allowed() -> None:
    assert gate().doubt == "the stage of this account was not read yet"
    assert gate().stage is None


def test_without_a_step_and_on_paper_nothing_is_allowed(database: Database) -> None:
    for steps in ([], [a_step(1), a_step(0)]):
        for step in steps:
            StageLedger(database).add(step)
        one = gate()
        one.read(database)
        assert "no stage allows real money here" in one.doubt
        assert one.since is None


def test_a_step_that_was_taken_holds(database: Database) -> None:
    StageLedger(database).add(a_step(1))
    one = gate()
    one.read(database)
    one.read(database)
    assert (one.doubt, one.since) == ("", NOON)
    assert one.stage == built_in().stage(1)


def test_a_stage_the_plan_lacks_allows_nothing(database: Database) -> None:
    StageLedger(database).add(a_step(99))
    one = gate()
    one.read(database)
    assert one.stage is None
    assert one.doubt


def test_a_step_taken_meanwhile_in_either_direction_ends_entries(database: Database) -> None:
    ledger = StageLedger(database)
    ledger.add(a_step(1))
    for later in (a_step(2), a_step(0)):
        one = gate()
        one.read(database)
        ledger.add(later)
        one.read(database)
        assert one.doubt == "the stage of this account has changed; start the bot again"
