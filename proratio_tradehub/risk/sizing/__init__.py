"""How large an entry may be: each way of sizing is a rule that caps the stake."""

from proratio_tradehub.risk.sizing.fixed_fraction import FixedFractionRule
from proratio_tradehub.risk.sizing.kelly import KellyRule, kelly_stake_frac
from proratio_tradehub.risk.sizing.risk_budget import RiskBudgetRule
from proratio_tradehub.risk.sizing.volatility_target import VolatilityTargetRule

__all__ = [
    "FixedFractionRule",
    "KellyRule",
    "RiskBudgetRule",
    "VolatilityTargetRule",
    "kelly_stake_frac",
]
