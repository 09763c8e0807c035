from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

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
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

SEARCH = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    ("left_out", "profile"),
    [
        (AssetExposureRule, "proratio"),
        (DrawdownRule, "proratio"),
        (EntriesPerDayRule, "conservative-spot"),
        (FixedFractionRule, "proratio"),
        (FreeBalanceRule, "perpetuals"),
        (LeverageRule, "tradingbot-v2"),
        (PeriodLossRule, "autonomous"),
        (PlannedLossRule, "autonomous"),
        (PortfolioHeatRule, "autonomous"),
        (PositionCountRule, "proratio"),
        (TradingStateRule, "proratio"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_machine_notices_an_engine_that_lacks_a_rule(left_out: type, profile: str) -> None:
    class Lacking(AnySequence):
        profiles = (profile,)

        def engine_of(self, profile: RiskProfile) -> RiskEngine:
            kept = [rule for rule in rules_of(profile) if not isinstance(rule, left_out)]
            return RiskEngine(profile, rules=kept)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Lacking, settings=SEARCH)
