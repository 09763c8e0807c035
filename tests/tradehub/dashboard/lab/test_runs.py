"""A run as a line, and how unsure its Sharpe ratio is at the least."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proratio_quantlab.inference import sharpe_interval
from proratio_tradehub.dashboard.lab.runs import columns_of, half_width
from tests.tradehub.dashboard.lab.made import GATED, UNGATED


def test_quick_interval_is_about_as_wide_as_the_resampled_one() -> None:
    returns = np.random.default_rng(7).normal(0.001, 0.01, 365)
    resampled = sharpe_interval(returns)
    assert resampled is not None
    assert half_width(returns) == pytest.approx((resampled.high - resampled.low) / 2, rel=0.15)


@pytest.mark.parametrize("returns", [None, [0.01] * 19, [0.0] * 40], ids=["none", "few", "flat"])
def test_too_little_has_no_interval(returns: list[float] | None) -> None:
    assert half_width(returns) is None


def test_marks_are_part_of_the_list() -> None:
    columns = columns_of([GATED, UNGATED])
    assert columns["Gate"] == ["offline (RULE-BASED)", "ungated"]
    assert columns["Candles"] == ["binance 1h", "SIMULATED 1h"]
    assert columns["Range"][0] == "2024-01-01 – 2025-01-01"
    assert columns["Parameters"] == ["", "rsi 70"]
    assert columns["Profit, %"][0] == pytest.approx(1.23)
    assert "Parameters" not in columns_of([GATED])


def test_hours_of_a_window_are_left_out_and_an_open_end_is_said() -> None:
    assert replace(GATED, timerange="20240331-1724799600").span == "2024-03-31 – 2024-08-27"
    assert replace(GATED, timerange="20240331-").span == "2024-03-31 – …"
    assert replace(GATED, timerange="-").span == "… – …"
