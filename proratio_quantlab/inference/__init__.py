"""Is it real, or luck: how sure the figures of a run are."""

from proratio_quantlab.inference.intervals import (
    Interval,
    drawdown_interval,
    mean_interval,
    sharpe_interval,
    sortino_interval,
)
from proratio_quantlab.inference.sharpe import (
    SharpeEstimate,
    Trials,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
)

__all__ = [
    "Interval",
    "SharpeEstimate",
    "Trials",
    "deflated_sharpe",
    "drawdown_interval",
    "expected_max_sharpe",
    "mean_interval",
    "minimum_track_record",
    "probabilistic_sharpe",
    "sharpe_interval",
    "sortino_interval",
]
