"""Time-series momentum that asks a consensus before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class Momentum(ConsensusStrategy):
    """Up 3% in a day and up over three, ADX above 25, consensus above 0.6.

    Exits when the day's return turns negative or at a stop of -5%.
    """

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.20}  # noqa: RUF012  # a plain attribute
