"""The risk rules, one a file: pure checks of an entry against the account."""

from proratio_tradehub.risk.rules.asset_exposure import AssetExposureRule
from proratio_tradehub.risk.rules.base import RiskRule
from proratio_tradehub.risk.rules.clock_skew import ClockSkewRule
from proratio_tradehub.risk.rules.correlation import CorrelationRule
from proratio_tradehub.risk.rules.cost_coverage import CostCoverageRule
from proratio_tradehub.risk.rules.degraded_consensus import DegradedConsensusRule
from proratio_tradehub.risk.rules.drawdown import DrawdownRule
from proratio_tradehub.risk.rules.drawdown_scaling import DrawdownScalingRule
from proratio_tradehub.risk.rules.entries_per_day import EntriesPerDayRule
from proratio_tradehub.risk.rules.entry_spacing import EntrySpacingRule
from proratio_tradehub.risk.rules.free_balance import FreeBalanceRule
from proratio_tradehub.risk.rules.leverage import LeverageRule
from proratio_tradehub.risk.rules.liquidity import LiquidityRule
from proratio_tradehub.risk.rules.market import MarketRule
from proratio_tradehub.risk.rules.period_loss import Period, PeriodLossRule
from proratio_tradehub.risk.rules.planned_loss import PlannedLossRule
from proratio_tradehub.risk.rules.portfolio_heat import PortfolioHeatRule
from proratio_tradehub.risk.rules.position_count import PositionCountRule
from proratio_tradehub.risk.rules.reward_risk import RewardRiskRule
from proratio_tradehub.risk.rules.spread import SpreadRule
from proratio_tradehub.risk.rules.stale_data import StaleDataRule
from proratio_tradehub.risk.rules.stop_present import StopPresentRule
from proratio_tradehub.risk.rules.trading_state import TradingStateRule
from proratio_tradehub.risk.rules.volatility_breaker import VolatilityBreakerRule

__all__ = [
    "AssetExposureRule",
    "ClockSkewRule",
    "CorrelationRule",
    "CostCoverageRule",
    "DegradedConsensusRule",
    "DrawdownRule",
    "DrawdownScalingRule",
    "EntriesPerDayRule",
    "EntrySpacingRule",
    "FreeBalanceRule",
    "LeverageRule",
    "LiquidityRule",
    "MarketRule",
    "Period",
    "PeriodLossRule",
    "PlannedLossRule",
    "PortfolioHeatRule",
    "PositionCountRule",
    "RewardRiskRule",
    "RiskRule",
    "SpreadRule",
    "StaleDataRule",
    "StopPresentRule",
    "TradingStateRule",
    "VolatilityBreakerRule",
]
