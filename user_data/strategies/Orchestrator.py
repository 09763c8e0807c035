"""Five strategies as one bot; Orchestrator.toml says which, where and on how much capital."""

from proratio_tradehub.strategies import OrchestratorStrategy


class Orchestrator(OrchestratorStrategy):
    """Each strategy in its regimes, one position a pair, consensus above 0.6, stop at -5%.

    Exits are those of the strategy that entered; the target of 20% is only a last word.
    """

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.20}  # noqa: RUF012  # a plain attribute
