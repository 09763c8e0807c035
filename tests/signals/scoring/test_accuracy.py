"""Golden values: computed by hand from the five opinions below."""

from __future__ import annotations

import math

import pytest

from proratio_signals.scoring.accuracy import (
    direction_accuracy,
    mean_call_return,
    naive_return_error,
    return_error,
)
from proratio_signals.scoring.intervals import Blocks
from tests.signals.scoring.made import make_calls

CALLS = make_calls(
    [1, -1, 1, 0, -1],
    [0.02, 0.01, -0.03, 0.05, -0.04],
    expected_return_frac=[0.01, -0.01, 0.02, 0.0, float("nan")],
)
BLOCKS = Blocks(CALLS.times_ms, CALLS.reach_ms)


def test_accuracy_counts_directions_only() -> None:
    found = direction_accuracy(CALLS, BLOCKS)

    assert (found.value, found.n) == (2 / 4, 4)


def test_mean_return_is_taken_in_the_called_direction() -> None:
    found = mean_call_return(CALLS, BLOCKS)

    assert found.value == pytest.approx((0.02 - 0.01 - 0.03 + 0.04) / 4)


def test_error_of_the_forecast_counts_holds_and_skips_who_forecast_nothing() -> None:
    found = return_error(CALLS, BLOCKS)

    assert found.value == pytest.approx((0.01 + 0.02 + 0.05 + 0.05) / 4)
    assert found.n == 4


def test_forecasting_nothing_has_the_mean_move_as_its_error() -> None:
    assert naive_return_error(CALLS, BLOCKS).value == pytest.approx(0.15 / 5)


def test_only_holds_have_no_accuracy() -> None:
    calls = make_calls([0, 0], [0.1, -0.1])

    assert math.isnan(direction_accuracy(calls, Blocks(calls.times_ms, 1)).value)
