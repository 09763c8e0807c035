"""Always wants in: a probe for stress tests, not a strategy to trade with."""

from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules.always import AlwaysRule


class StressProbe(RuleStrategy):
    """Enter whenever the limits allow it; leave at a stop of -5% or a profit of 15%."""

    rule = AlwaysRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.15}  # noqa: RUF012  # Freqtrade expects a plain class attribute
