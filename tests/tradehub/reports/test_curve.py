from __future__ import annotations

import numpy as np
import pytest

from proratio_tradehub.reports.curve import EquityCurve
from tests.tradehub.reports.made import curve_of


def test_a_fall_is_measured_from_the_highest_so_far_what_came_before_included() -> None:
    curve = curve_of([95.0, 110.0, 99.0], before=100.0)
    assert curve.drawdowns.tolist() == pytest.approx([0.05, 0.0, 0.1])
    assert curve.largest_drawdown_frac == pytest.approx(0.1)
    assert curve.below_highest_frac == pytest.approx(0.1)
    assert curve.change_frac == pytest.approx(-0.01)


def test_without_a_point_what_came_before_still_stands() -> None:
    curve = curve_of([], before=100.0)
    assert (curve.last_quote, curve.start_quote) == (100.0, 100.0)
    assert curve.largest_drawdown_frac is None
    nothing = curve_of([])
    assert (nothing.last_quote, nothing.change_frac, nothing.below_highest_frac) == (None, None, 0)


def test_thinned_it_keeps_the_deepest_point_and_the_last() -> None:
    values = np.full(10_000, 100.0)
    values[4_321] = 50.0
    times = np.datetime64("2024-01-01", "ms") + np.arange(10_000)
    thin = EquityCurve(times, values, None, 100.0).thinned(200)
    assert len(thin.times) <= 200
    assert thin.largest_drawdown_frac == 0.5
    assert thin.times[-1] == times[-1]
    assert (np.diff(thin.times.astype(np.int64)) > 0).all()
