from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from proratio_tradehub.risk.engine import RiskEngine
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.rules import (
    AssetExposureRule,
    DrawdownRule,
    EntriesPerDayRule,
    FreeBalanceRule,
    LeverageRule,
    PeriodLossRule,
    PlannedLossRule,
    PortfolioHeatRule,
    PositionCountRule,
    TradingStateRule,
)
from proratio_tradehub.risk.sizing import FixedFractionRule
from tests.tradehub.risk.any_sequence import AnySequence

TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=25, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)


def _asked(*indexes: int, leverage: float = 1.0, away: float = 0.04) -> Callable[[Any], None]:
    return partial(
        AnySequence.sound_entries_are_asked_for,
        indexes=list(indexes or range(6)),
        confidence=1.0,
        leverage=leverage,
        away=away,
    )


_LOST = partial(AnySequence.money_comes_and_goes, gain=-0.11)
_BUSY = partial(AnySequence.day_is_busy, entries=4)
_LENT = partial(AnySequence.money_is_lent, part=0.01)
_HALTED = partial(AnySequence.somebody_halts, state="halted")


@pytest.mark.parametrize(
    ("left_out", "profile", "steps"),
    [
        (AssetExposureRule, "proratio", (_asked(0), _asked(0), _asked(0))),
        (DrawdownRule, "proratio", (_LOST, _asked())),
        (EntriesPerDayRule, "conservative-spot", (_BUSY, _asked())),
        (FixedFractionRule, "proratio", (_asked(),)),
        (FreeBalanceRule, "proratio", (_LENT, _asked())),
        (LeverageRule, "tradingbot-v2", (_asked(leverage=2.0),)),
        (PeriodLossRule, "autonomous", (_LOST, _asked())),
        (PlannedLossRule, "autonomous", (_asked(0, away=0.12), _asked(0, away=0.12))),
        (PortfolioHeatRule, "autonomous", (_asked(away=0.12),)),
        (PositionCountRule, "proratio", (_asked(),)),
        (TradingStateRule, "proratio", (_asked(0), _HALTED, _asked(1))),
    ],
    ids=lambda value: getattr(value, "__name__", value if isinstance(value, str) else ""),
)
def test_machine_notices_an_engine_that_lacks_a_rule(
    left_out: type, profile: str, steps: tuple[Callable[[Any], None], ...]
) -> None:
    """The same steps pass with the whole engine, so it is the missing rule that is noticed."""

    class Whole(AnySequence):
        profiles = (profile,)

    class Lacking(Whole):
        def engine_of(self, profile: RiskProfile) -> RiskEngine:
            kept = [rule for rule in rules_of(profile) if not isinstance(rule, left_out)]
            return RiskEngine(profile, rules=kept)

    _walk(Whole(), steps)
    with pytest.raises(AssertionError):
        _walk(Lacking(), steps)


def _walk(machine: AnySequence, steps: tuple[Callable[[Any], None], ...]) -> None:
    AnySequence.begin(machine, which=0, seed=3, alike=0.0, hole=False)
    for step in steps:
        step(machine)
        machine.a_halt_is_sticky()
