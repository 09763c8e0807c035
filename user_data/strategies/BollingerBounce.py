"""A bounce off the lower Bollinger band that asks a consensus before it enters."""

from proratio_tradehub.strategies import ConsensusStrategy


class BollingerBounce(ConsensusStrategy):
    """Close back above the lower Bollinger band, bands at least 3% wide, consensus above 0.6.

    Exits at the upper band, when the close falls out of the lower band again, or at -4%.
    """

    timeframe = "1h"
    stoploss = -0.04
    minimal_roi = {"0": 0.10}  # noqa: RUF012  # a plain attribute
