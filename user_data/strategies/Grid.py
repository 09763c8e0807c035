"""A grid of four steps in a ranging market that asks a consensus before it starts."""

from proratio_tradehub.strategies import GridStrategy


class Grid(GridStrategy):
    """Starts low in the range of three days, adds three equal steps 1% apart, consensus above 0.6.

    Exits high in the range, when the market starts to fall, or at -5% of the average price.
    """

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}  # noqa: RUF012  # a plain attribute
