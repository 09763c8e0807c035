"""Is it real, or luck: how sure the figures of a run are."""

from proratio_quantlab.inference.bands import Bands, wallet_bands
from proratio_quantlab.inference.intervals import (
    Interval,
    drawdown_interval,
    mean_interval,
    sharpe_difference_interval,
    sharpe_interval,
    sortino_interval,
)
from proratio_quantlab.inference.overfitting import Overfitting, probability_of_overfitting
from proratio_quantlab.inference.selection import Selection, judge_selection
from proratio_quantlab.inference.sequential import Decision, SequentialTest, StoppingRule
from proratio_quantlab.inference.sharpe import (
    SharpeEstimate,
    Trials,
    best_of_many_p_value,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
)
from proratio_quantlab.inference.superiority import Superiority, superiority
from proratio_quantlab.inference.trade_order import TradeOrder, shuffle_trades

__all__ = [
    "Bands",
    "Decision",
    "Interval",
    "Overfitting",
    "Selection",
    "SequentialTest",
    "SharpeEstimate",
    "StoppingRule",
    "Superiority",
    "TradeOrder",
    "Trials",
    "best_of_many_p_value",
    "deflated_sharpe",
    "drawdown_interval",
    "expected_max_sharpe",
    "judge_selection",
    "mean_interval",
    "minimum_track_record",
    "probabilistic_sharpe",
    "probability_of_overfitting",
    "sharpe_difference_interval",
    "sharpe_interval",
    "shuffle_trades",
    "sortino_interval",
    "superiority",
    "wallet_bands",
]
