from __future__ import annotations

from typing import Any

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import RiskError
from proratio_tradehub.going_live import Checklist, advance, checklist_of, retreat, standing_of
from proratio_tradehub.stages import StageLedger
from tests.tradehub.going_live.made import NOTHING, PAPER, evidence
from tests.tradehub.stages.made import LIVE, NOON, a_step, built_in

PLAN = built_in()
SAID: dict[str, Any] = {"reason": "four weeks", "by": "anna@desk", "clock": FixedClock(NOON)}


def listed(**changes: Any) -> Checklist:
    return checklist_of(evidence(**changes), PLAN.needed, PLAN.stages[0])


def test_an_account_begins_on_paper_and_its_paper_record_counts(database: Database) -> None:
    standing = standing_of(StageLedger(database), PLAN, PAPER)
    assert (standing.account, standing.number, standing.stage) == (LIVE, 0, PLAN.stages[0])
    assert standing.evidence_account == PAPER


def test_a_passed_list_leads_to_the_next_stage_and_is_put_on_record(database: Database) -> None:
    ledger = StageLedger(database)
    advance(ledger, PLAN, standing_of(ledger, PLAN, LIVE), listed(), **SAID)
    standing = standing_of(ledger, PLAN, LIVE)
    assert (standing.number, standing.evidence_account) == (1, LIVE)
    (step,) = ledger.read(LIVE)
    assert (step.by, step.reason, step.plan_hash) == ("anna@desk", "four weeks", PLAN.hash)
    assert [line["passed"] for line in step.checklist] == [True] * 11


@pytest.mark.parametrize("changes", [NOTHING, {"trades": 49}], ids=["nothing", "one line"])
def test_a_list_that_is_not_passed_leads_nowhere(
    database: Database, changes: dict[str, Any]
) -> None:
    ledger = StageLedger(database)
    with pytest.raises(RiskError, match="closed trades"):
        advance(ledger, PLAN, standing_of(ledger, PLAN, LIVE), listed(**changes), **SAID)
    assert ledger.read() == ()


def test_behind_the_last_stage_there_is_none(database: Database) -> None:
    ledger = StageLedger(database)
    ledger.add(a_step(len(PLAN.stages) - 1))
    with pytest.raises(RiskError, match="the last stage"):
        advance(ledger, PLAN, standing_of(ledger, PLAN, LIVE), listed(), **SAID)


def test_the_way_back_is_always_open_and_leads_to_paper(database: Database) -> None:
    ledger = StageLedger(database)
    with pytest.raises(RiskError, match="no real money already"):
        retreat(ledger, PLAN, PAPER, **SAID)
    ledger.add(a_step(99))  # a stage the plan does not have
    with pytest.raises(RiskError, match="no such stage"):
        standing_of(ledger, PLAN, LIVE)
    retreat(ledger, PLAN, PAPER, **SAID)
    standing = standing_of(ledger, PLAN, LIVE)
    assert (standing.number, standing.step and standing.step.at) == (0, NOON)
