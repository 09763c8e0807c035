"""What keeps a bot with real money within its stage: nothing known, nothing allowed."""

from __future__ import annotations

from datetime import datetime

from proratio_core.database import Database
from proratio_tradehub.stages.ledger import StageLedger, StageStep
from proratio_tradehub.stages.plan import Plan, Stage

__all__ = ["StageGate"]


class StageGate:
    """The stage of one account, read in the background, never waited for.

    What holds is the stage at the first reading; when it changes later, there are no entries until
    the bot is started again, since its equity is counted by the stage.

    Parameters
    ----------
    account
        Whose.
    plan
        What each stage allows.
    """

    def __init__(self, account: str, plan: Plan) -> None:
        self._account = account
        self._plan = plan
        self._held: StageStep | None = None
        self._is_read = False
        self._changed = ""

    @property
    def stage(self) -> Stage | None:
        """The stage that holds; None while it is not known and where no money may trade."""
        if self._held is None or self._held.stage < 1:
            return None
        return self._plan.stage(self._held.stage)

    @property
    def since(self) -> datetime | None:
        """When it began; None where there is none."""
        return None if self.stage is None or self._held is None else self._held.at

    @property
    def doubt(self) -> str:
        """Why no entry is allowed; empty when the stage allows some. Microseconds."""
        if not self._is_read:
            return "the stage of this account was not read yet"
        if self._changed:
            return self._changed
        if self.stage is None:
            return "no stage allows real money here; see `proratio go-live show`"
        return ""

    def read(self, database: Database) -> None:
        """Read the stage.

        Raises
        ------
        TransientError
            The database is away.
        """
        found = StageLedger(database).last(self._account)
        if not self._is_read:
            self._held, self._is_read = found, True
        elif _id(found) != _id(self._held):
            self._changed = "the stage of this account has changed; start the bot again"


def _id(step: StageStep | None) -> str:
    return "" if step is None else step.id
