"""Is it real, or luck: how sure the figures of a run are."""

from proratio_quantlab.inference.sharpe import (
    SharpeEstimate,
    Trials,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
)

__all__ = [
    "SharpeEstimate",
    "Trials",
    "deflated_sharpe",
    "expected_max_sharpe",
    "minimum_track_record",
    "probabilistic_sharpe",
]
