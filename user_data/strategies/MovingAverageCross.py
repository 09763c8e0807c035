"""The moving-average cross that asks a consensus of three voters before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class MovingAverageCross(ConsensusStrategy):
    """EMA12 crosses above EMA26, consensus above 0.6; out on the way back, or at a stop of -5%."""

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}  # noqa: RUF012  # Freqtrade expects a plain class attribute
