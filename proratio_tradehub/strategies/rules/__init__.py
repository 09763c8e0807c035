"""Entry rules: pure functions of candles, one rule a file, and which strategy uses which."""

from proratio_tradehub.strategies.rules.agent import AgentRule
from proratio_tradehub.strategies.rules.base import BoolArray, Rule, began, crossed_above
from proratio_tradehub.strategies.rules.bollinger_bounce import BollingerBounceRule
from proratio_tradehub.strategies.rules.breakout import BreakoutRule
from proratio_tradehub.strategies.rules.catalogue import (
    CATALOGUE,
    RULES,
    Card,
    usual_pairs,
    usual_timeframe,
)
from proratio_tradehub.strategies.rules.ema_cross import EmaCrossRule
from proratio_tradehub.strategies.rules.ensemble import EnsembleRule, Member
from proratio_tradehub.strategies.rules.funding import reads_funding, with_funding
from proratio_tradehub.strategies.rules.funding_carry import FundingCarryRule
from proratio_tradehub.strategies.rules.grid import GridRule
from proratio_tradehub.strategies.rules.in_regimes import InRegimes
from proratio_tradehub.strategies.rules.mean_reversion import MeanReversionRule
from proratio_tradehub.strategies.rules.momentum import MomentumRule
from proratio_tradehub.strategies.rules.scalping import ScalpingRule
from proratio_tradehub.strategies.rules.trend import TrendRule
from proratio_tradehub.strategies.rules.tuning import Span, retuned, tunable, tunables, widest

__all__ = [
    "CATALOGUE",
    "RULES",
    "AgentRule",
    "BollingerBounceRule",
    "BoolArray",
    "BreakoutRule",
    "Card",
    "EmaCrossRule",
    "EnsembleRule",
    "FundingCarryRule",
    "GridRule",
    "InRegimes",
    "MeanReversionRule",
    "Member",
    "MomentumRule",
    "Rule",
    "ScalpingRule",
    "Span",
    "TrendRule",
    "began",
    "crossed_above",
    "reads_funding",
    "retuned",
    "tunable",
    "tunables",
    "usual_pairs",
    "usual_timeframe",
    "widest",
    "with_funding",
]
