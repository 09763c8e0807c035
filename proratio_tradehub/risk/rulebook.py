"""Which rules a profile means, in the order in which they decide. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proratio_tradehub.risk.limits import Sizing
from proratio_tradehub.risk.profile import RiskProfile
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
    RiskRule,
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

__all__ = ["rules_of"]


def rules_of(profile: RiskProfile) -> tuple[RiskRule, ...]:
    """Return the rules of a profile.

    The first veto is the one that reports count, so the account comes before the data, the data
    before the entry, and what only shrinks a stake comes last.
    """
    return (
        *_rules_of_the_account(profile),
        *_rules_of_the_data(profile),
        *_rules_of_the_entry(profile),
        *_rules_of_sizing(profile.sizing),
        *_rules_of_the_stake(profile),
    )


def _rules_of_the_account(profile: RiskProfile) -> Iterator[RiskRule]:
    yield TradingStateRule()
    yield DrawdownRule(profile.max_drawdown_frac)
    periods = (
        (Period.DAY, profile.max_daily_loss_frac),
        (Period.WEEK, profile.max_weekly_loss_frac),
        (Period.MONTH, profile.max_monthly_loss_frac),
    )
    for period, limit in periods:
        if limit is not None:
            yield PeriodLossRule(period, limit)
    yield PositionCountRule(profile.max_positions)
    if profile.max_entries_per_day is not None:
        yield EntriesPerDayRule(profile.max_entries_per_day)
    if profile.min_seconds_between_entries is not None:
        yield EntrySpacingRule(profile.min_seconds_between_entries)


def _rules_of_the_data(profile: RiskProfile) -> Iterator[RiskRule]:
    yield ClockSkewRule(profile.max_clock_skew_s)
    yield StaleDataRule(profile.max_data_age_candles)
    if not profile.allow_degraded:
        yield DegradedConsensusRule()


def _rules_of_the_entry(profile: RiskProfile) -> Iterator[RiskRule]:
    yield MarketRule(profile.markets)
    yield StopPresentRule(profile.max_stop_distance_frac)
    yield SpreadRule(profile.max_spread_frac)
    if profile.max_volatility_ratio is not None:
        yield VolatilityBreakerRule(profile.max_volatility_ratio, profile.volatility_candles)
    if profile.min_reward_risk is not None:
        yield RewardRiskRule(profile.min_reward_risk)
    yield CostCoverageRule(profile.min_profit_to_costs)
    if profile.max_correlation is not None:
        yield CorrelationRule(profile.max_correlation, profile.correlation_candles)


def _rules_of_sizing(sizing: Sizing) -> Iterator[RiskRule]:
    yield FixedFractionRule(sizing.stake_frac)
    if sizing.risk_budget_frac is not None:
        yield RiskBudgetRule(sizing.risk_budget_frac)
    if sizing.kelly_frac is not None:
        yield KellyRule(sizing.kelly_frac)
    if sizing.target_volatility_frac is not None:
        yield VolatilityTargetRule(sizing.target_volatility_frac)


def _rules_of_the_stake(profile: RiskProfile) -> Iterator[RiskRule]:
    yield LeverageRule(profile.max_leverage, profile.ladder)
    yield PlannedLossRule(profile.max_planned_loss_frac)
    yield PortfolioHeatRule(profile.max_heat_frac)
    yield AssetExposureRule(profile.max_asset_exposure_frac)
    yield LiquidityRule(profile.min_day_volume_quote, profile.max_volume_frac)
    yield FreeBalanceRule()
    if profile.reduced_drawdown_frac is not None:
        yield DrawdownScalingRule(profile.reduced_drawdown_frac, profile.reduced_size_frac)
