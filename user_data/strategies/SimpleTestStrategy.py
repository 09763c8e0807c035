"""EMA12 crosses EMA26: the strategy to try an installation with."""

from proratio_tradehub.strategies import RuleStrategy


class SimpleTestStrategy(RuleStrategy):
    """Enter when EMA12 crosses above EMA26, exit on the way back, stop at -5%."""

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}  # noqa: RUF012  # Freqtrade expects a plain class attribute
