"""Steps and a purse for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from proratio_tradehub.stages import Plan, StageStep, load_plan
from tests.tradehub.desk.made import MadeAccount

LIVE = "bot live binance spot"
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def a_step(stage: int, *, account: str = LIVE, reason: str = "shown") -> StageStep:
    return StageStep(account, stage, reason, "a test", NOON, "plan-hash")


def built_in() -> Plan:
    return load_plan(Path("nowhere"))


@dataclass
class MadePurse(MadeAccount):
    """An account that realised so much since any moment."""

    since_quote: float = 0.0
    asked: list[datetime] = field(default_factory=list)

    def realised_since(self, moment: datetime) -> float:
        self.asked.append(moment)
        return self.since_quote
