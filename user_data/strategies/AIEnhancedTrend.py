"""Trend following that asks a consensus of three voters before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class AIEnhancedTrend(ConsensusStrategy):
    """EMA20 crosses EMA50 with 30 < RSI < 70 and volume above its mean, consensus above 0.6.

    Exits on the reverse cross or RSI above 70, at a stop of -5%, or at a profit of 10%, of 5%
    after a day, of 2% after two days.
    """

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10, "1440": 0.05, "2880": 0.02}  # noqa: RUF012  # a plain attribute
