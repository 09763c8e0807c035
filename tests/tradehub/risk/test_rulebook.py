from __future__ import annotations

from proratio_core.values import Market
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.risk.rules import (
    AssetExposureRule,
    ClockSkewRule,
    CorrelationRule,
    CostCoverageRule,
    DegradedConsensusRule,
    DrawdownRule,
    DrawdownScalingRule,
    EntriesPerDayRule,
    EntrySpacingRule,
    FreeBalanceRule,
    LeverageRule,
    LiquidityRule,
    MarketRule,
    Period,
    PeriodLossRule,
    PlannedLossRule,
    PortfolioHeatRule,
    PositionCountRule,
    RewardRiskRule,
    SpreadRule,
    StaleDataRule,
    StopPresentRule,
    TradingStateRule,
    VolatilityBreakerRule,
)
from proratio_tradehub.risk.sizing import (
    FixedFractionRule,
    KellyRule,
    RiskBudgetRule,
    VolatilityTargetRule,
)

SPOT = load_risk_profile("conservative-spot")
SIZING = {FixedFractionRule, RiskBudgetRule, KellyRule, VolatilityTargetRule}


def test_profile_that_limits_everything_has_every_rule_in_order() -> None:
    assert rules_of(SPOT) == (
        TradingStateRule(),
        DrawdownRule(0.05),
        PeriodLossRule(Period.DAY, 0.015),
        PeriodLossRule(Period.WEEK, 0.03),
        PeriodLossRule(Period.MONTH, 0.04),
        PositionCountRule(2),
        EntriesPerDayRule(4),
        EntrySpacingRule(3_600.0),
        ClockSkewRule(5.0),
        StaleDataRule(1.5),
        DegradedConsensusRule(),
        MarketRule(frozenset({Market.SPOT})),
        StopPresentRule(0.10),
        SpreadRule(0.001),
        VolatilityBreakerRule(2.5, 12),
        RewardRiskRule(2.0),
        CostCoverageRule(3.0),
        CorrelationRule(0.75, 96),
        FixedFractionRule(0.05),
        RiskBudgetRule(0.01),
        VolatilityTargetRule(0.10),
        LeverageRule(1.0),
        PlannedLossRule(0.01),
        PortfolioHeatRule(0.02),
        AssetExposureRule(0.10),
        LiquidityRule(10_000_000.0, 0.0005),
        FreeBalanceRule(),
        DrawdownScalingRule(0.03, 0.5),
    )


def test_limit_that_is_not_set_has_no_rule_and_the_others_keep_theirs() -> None:
    unset = {
        "max_daily_loss_frac": None,
        "max_weekly_loss_frac": None,
        "max_monthly_loss_frac": None,
        "max_entries_per_day": None,
        "min_seconds_between_entries": None,
        "max_volatility_ratio": None,
        "min_reward_risk": None,
        "max_correlation": None,
        "reduced_drawdown_frac": None,
        "allow_degraded": True,
    }
    bare = RiskProfile.model_validate({**SPOT.model_dump(), **unset})
    lacking = {type(rule) for rule in rules_of(SPOT)} - {type(rule) for rule in rules_of(bare)}

    assert lacking == {
        CorrelationRule,
        DegradedConsensusRule,
        DrawdownScalingRule,
        EntriesPerDayRule,
        EntrySpacingRule,
        PeriodLossRule,
        RewardRiskRule,
        VolatilityBreakerRule,
    }


def test_ladder_reaches_its_rule() -> None:
    profile = load_risk_profile("tradingbot-v2")

    assert LeverageRule(4.0, profile.ladder) in rules_of(profile)


def test_each_way_of_sizing_that_is_set_is_a_rule() -> None:
    every = rules_of(load_risk_profile("autonomous"))
    one = rules_of(load_risk_profile("proratio"))

    assert [rule for rule in every if type(rule) in SIZING] == [
        FixedFractionRule(0.20),
        RiskBudgetRule(0.02),
        KellyRule(0.25),
        VolatilityTargetRule(0.20),
    ]
    assert [rule for rule in one if type(rule) in SIZING] == [FixedFractionRule(0.05)]


def test_names_differ() -> None:
    names = [rule.name for rule in rules_of(SPOT)]

    assert len(set(names)) == len(names)
