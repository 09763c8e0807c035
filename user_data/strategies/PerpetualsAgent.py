"""The panel alone on perpetuals: asked every three minutes, long, short or out."""

from proratio_tradehub.strategies import AgentStrategy


class PerpetualsAgent(AgentStrategy):
    """BUY is long, SELL is short, HOLD is out; stop -6% and target +12% of the stake at up to 3x.

    Needs config-futures.json, risk profile `perpetuals` and panel `perpetuals-agent`. It asks about
    every candle: look at what that costs first (docs/perpetuals.md).
    """

    timeframe = "3m"
    wanted_leverage = 3.0
    stoploss = -0.06
    minimal_roi = {"0": 0.12}  # noqa: RUF012  # a plain attribute
