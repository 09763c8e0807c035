"""Five-minute scalping that asks a consensus before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class Scalping(ConsensusStrategy):
    """RSI7 recovers above 30 over EMA200, the upper band at least 1.5 round trips away.

    Exits at the upper band, RSI7 above 75, at a stop of -1%, or after four hours at any profit.
    """

    timeframe = "5m"
    stoploss = -0.01
    minimal_roi = {"0": 0.02, "240": 0.0}  # noqa: RUF012  # a plain attribute
