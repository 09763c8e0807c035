"""A breakout on volume that asks a consensus before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class DonchianBreakout(ConsensusStrategy):
    """First close above the 48-candle high on 1.5 times the mean volume, consensus above 0.6.

    Exits on a close below the 24-candle low or at a stop of -5%; there is no target.
    """

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.30}  # noqa: RUF012  # a plain attribute
