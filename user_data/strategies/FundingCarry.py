"""Funding-rate carry on perpetuals that asks a consensus before it enters."""

from proratio_tradehub.strategies import PerpetualStrategy


class FundingCarry(PerpetualStrategy):
    """Long while a day's mean funding is below -0.005% and the price above EMA100, consensus > 0.6.

    Exits when the mean is no longer negative or at a stop of -4%. Needs config-futures.json.
    """

    timeframe = "1h"
    stoploss = -0.04
    minimal_roi = {"0": 0.10}  # noqa: RUF012  # a plain attribute
