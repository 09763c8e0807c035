"""The tests of a value at risk, against published tables and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_tradehub.portfolio.coverage import coverage_of, independence_p, unconditional_p
from proratio_tradehub.portfolio.value_at_risk import Forecasts

_KUPIEC = {
    255: {0.01: (-1, 7), 0.025: (2, 12), 0.05: (6, 21), 0.075: (11, 28), 0.1: (16, 36)},
    510: {0.01: (1, 11), 0.025: (6, 21), 0.05: (16, 36), 0.075: (27, 51), 0.1: (38, 65)},
    1_000: {0.01: (4, 17), 0.025: (15, 36), 0.05: (37, 65), 0.075: (59, 92), 0.1: (81, 120)},
}
"""Non-rejection regions at 5 %: Kupiec (1995), table 3, as Jorion, "Value at Risk", 3rd ed. 2007,
table 6-2 reprints it: a count strictly between the two is not rejected. The first cell has an upper
end only ("N < 7"); its likelihood ratio rejects a count of 0 as well."""


@pytest.mark.parametrize("forecasts", _KUPIEC)
def test_kupiecs_table_of_regions(forecasts: int) -> None:
    for tail, (low, high) in _KUPIEC[forecasts].items():
        accepted = [
            n for n in range(forecasts) if unconditional_p(n, forecasts, tail_frac=tail) > 0.05
        ]
        assert accepted[-1] + 1 == high
        assert accepted[0] - 1 == max(low, 0)


def _forecasts(hit: np.ndarray, *, loss: float = 0.03) -> Forecasts:
    count = len(hit)
    realised = np.where(hit, -loss, 0.01)
    return Forecasts(0.95, np.full(count, 0.02), np.full(count, 0.025), realised)


def test_coverage_counts_what_went_beyond() -> None:
    hit = np.zeros(200, np.bool_)
    hit[[10, 90, 91]] = True
    coverage = coverage_of(_forecasts(hit))
    assert (coverage.forecasts, coverage.exceeded) == (200, 3)
    assert coverage.expected == pytest.approx(10)
    assert coverage.exceeded_frac == pytest.approx(0.015)
    assert coverage.shortfall_ratio == pytest.approx(0.03 / 0.025)


def test_nothing_exceeded_has_no_ratio_and_no_test_of_order() -> None:
    coverage = coverage_of(_forecasts(np.zeros(100, np.bool_)))
    assert coverage.shortfall_ratio is None
    assert coverage.independence_p is None


def test_clustered_exceedances_are_caught() -> None:
    hit = np.zeros(500, np.bool_)
    hit[100:110] = hit[300:312] = True
    clustered = independence_p(hit)
    assert clustered is not None
    assert clustered < 1e-6
    hit[:] = False
    hit[::23] = True
    spread = independence_p(hit)
    assert spread is not None
    assert spread > 0.05


def test_both_tests_reject_a_right_forecast_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    hits = rng.random((2_000, 500)) < 0.05
    counts = [unconditional_p(int(row.sum()), 500, tail_frac=0.05) < 0.05 for row in hits]
    assert np.mean(counts) == pytest.approx(0.05, abs=0.02)
    orders = [p < 0.05 for row in hits if (p := independence_p(row)) is not None]
    assert np.mean(orders) == pytest.approx(0.05, abs=0.03)
