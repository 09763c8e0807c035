"""Entry rules: pure functions of candles, one rule a file, and which strategy uses which."""

from collections.abc import Mapping
from types import MappingProxyType

from proratio_tradehub.strategies.rules.base import BoolArray, Rule, crossed_above
from proratio_tradehub.strategies.rules.ema_cross import EmaCrossRule
from proratio_tradehub.strategies.rules.trend import TrendRule

__all__ = ["RULES", "BoolArray", "EmaCrossRule", "Rule", "TrendRule", "crossed_above"]

RULES: Mapping[str, Rule] = MappingProxyType(
    {"AIEnhancedTrend": TrendRule(), "SimpleTestStrategy": EmaCrossRule()}
)
"""The rule of each strategy in `user_data/strategies`, by the strategy's name."""
