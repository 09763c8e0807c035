"""The next stage of an account: what stands in its way, and the step itself, put on record."""

from __future__ import annotations

from dataclasses import dataclass

from proratio_core.clock import Clock
from proratio_core.errors import RiskError
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.going_live.checklist import Checklist
from proratio_tradehub.stages import Plan, Stage, StageLedger, StageStep

__all__ = ["Standing", "advance", "retreat", "standing_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account is.

    Parameters
    ----------
    account
        Its name with the mode `live`.
    number, stage
        The stage it is in, 0 for paper.
    next
        The stage after it; None after the last.
    step
        The step that led there; None where none was ever taken.
    """

    account: str
    number: int
    stage: Stage
    next: Stage | None
    step: StageStep | None

    @property
    def evidence_account(self) -> str:
        """Whose record counts for the next step: on paper the paper account, later its own."""
        name = AccountName.parse(self.account)
        return str(name.on_paper if self.number == 0 else name)


def standing_of(ledger: StageLedger, plan: Plan, account: str) -> Standing:
    """Return where an account is; its name may have either mode.

    Raises
    ------
    RiskError
        The record names a stage that the plan no longer has.
    TransientError
        The database is away.
    """
    name = str(AccountName.parse(account).in_earnest)
    step = ledger.last(name)
    number = 0 if step is None else step.stage
    stage = plan.stage(number)
    if stage is None:
        raise RiskError(
            f"{name} is in stage {number}, and the plan has no such stage; take it back with "
            "`proratio go-live retreat`, or restore the plan"
        )
    return Standing(name, number, stage, plan.stage(number + 1), step)


def advance(  # who, why, on what ground
    ledger: StageLedger,
    plan: Plan,
    standing: Standing,
    checklist: Checklist,
    *,
    reason: str,
    by: str,
    clock: Clock,
) -> StageStep:
    """Take an account to its next stage.

    Raises
    ------
    RiskError
        There is no next stage, or a line of the checklist is not passed.
    TransientError
        The database is away; nothing has changed.
    """
    if standing.next is None:
        raise RiskError(f"{standing.account} is in the last stage: {standing.stage}")
    if not checklist.passed:
        names = ", ".join(line.name for line in checklist.open_lines) or "everything"
        raise RiskError(f"{standing.account} stays in stage {standing.number}; open: {names}")
    step = StageStep(
        standing.account,
        standing.number + 1,
        reason,
        by,
        clock.now(),
        plan.hash,
        checklist.documents,
    )
    ledger.add(step)
    return step


def retreat(
    ledger: StageLedger, plan: Plan, account: str, *, reason: str, by: str, clock: Clock
) -> StageStep:
    """Take an account back to paper, whatever the plan or the evidence says.

    Raises
    ------
    RiskError
        It is on paper already.
    TransientError
        The database is away; nothing has changed.
    """
    name = str(AccountName.parse(account).in_earnest)
    last = ledger.last(name)
    if last is None or last.stage == 0:
        raise RiskError(f"{name} trades no real money already")
    step = StageStep(name, 0, reason, by, clock.now(), plan.hash)
    ledger.add(step)
    return step
