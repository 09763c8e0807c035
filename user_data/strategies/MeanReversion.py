"""RSI and Bollinger mean reversion that asks a consensus before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class MeanReversion(ConsensusStrategy):
    """First close below the lower Bollinger band with RSI below 30, consensus above 0.6.

    Exits at the middle band or RSI above 55, at a stop of -4%, or after two days at any profit.
    """

    timeframe = "1h"
    stoploss = -0.04
    minimal_roi = {"0": 0.08, "2880": 0.0}  # noqa: RUF012  # a plain attribute
