"""Was the direction right, and how far off was the forecast move; pure."""

from __future__ import annotations

from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.intervals import Blocks, Estimate

__all__ = ["direction_accuracy", "mean_call_return", "naive_return_error", "return_error"]


def direction_accuracy(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the share of BUY and SELL opinions the price then followed, 0 to 1.

    HOLD names no direction and does not count; a price that did not move is a miss.
    """
    return blocks.mean(calls.hits, calls.directional)


def mean_call_return(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the mean move in the called direction, as a fraction, before fees and cost."""
    return blocks.mean(calls.action * calls.return_frac, calls.directional)


def return_error(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the mean absolute error of the forecast move, as a fraction (0.01: one percent).

    Every opinion with a forecast counts, HOLD too. Source: the usual MAE, e.g. Hyndman &
    Koehler, "Another look at measures of forecast accuracy", International Journal of Forecasting
    22, 2006.
    """
    forecast = calls.expected_return_frac == calls.expected_return_frac  # NaN is no forecast
    return blocks.mean(abs(calls.expected_return_frac - calls.return_frac), forecast)


def naive_return_error(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the error of always forecasting no move, which any forecast should beat."""
    return blocks.mean(abs(calls.return_frac))
