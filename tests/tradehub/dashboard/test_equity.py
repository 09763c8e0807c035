"""Equity and its distance from the peak."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_tradehub.dashboard.equity import curve_of
from tests.tradehub.dashboard.drawing import NOW

MARKS = [(NOW + timedelta(hours=hour), quote) for hour, quote in enumerate((100.0, 120.0, 90.0))]


def test_drawdown_is_measured_from_the_peak_before() -> None:
    curve = curve_of(MARKS, day_start_quote=120.0)
    assert curve.drawdowns_frac == (0.0, 0.0, 0.25)
    assert (curve.drawdown_frac, curve.worst_drawdown_frac) == (0.25, 0.25)
    assert curve.last_quote == 90.0
    assert curve.gain_quote == -10.0
    assert curve.gain_frac == pytest.approx(-0.1)
    assert curve.today_quote == -30.0
    assert curve.today_frac == -0.25


def test_peak_from_before_the_curve_counts() -> None:
    assert curve_of(MARKS, peak_quote=180.0).drawdown_frac == 0.5


def test_nothing_is_known_of_an_empty_curve() -> None:
    curve = curve_of(())
    assert curve.last_quote is curve.drawdown_frac is curve.gain_quote is curve.gain_frac is None
    assert curve.worst_drawdown_frac is curve.today_quote is curve.today_frac is None


def test_account_that_began_with_nothing_has_no_relative_gain() -> None:
    curve = curve_of([(NOW, 0.0), (NOW, 5.0)], day_start_quote=0.0)
    assert (curve.gain_quote, curve.gain_frac, curve.today_frac) == (5.0, None, None)
    assert curve.drawdowns_frac == (0.0, 0.0)
