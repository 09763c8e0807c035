from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.report.regimes import MarketDays, regimes_figure
from tests.quantlab.report.days import NOISE, days_of

KINDS = np.resize(np.repeat([0, 1, -1], 40), 400).astype(np.int8)
MARKET = MarketDays(("rising", "falling", "ranging"), KINDS, "BTC/USDT 1h")


def test_each_kind_has_its_days_and_says_what_they_gave() -> None:
    figure = regimes_figure(days_of(NOISE), MARKET, balance=100.0, quote="USDT", simulated=False)

    line, rising, falling = figure.data
    assert len(line.y) == 401
    assert rising.name.startswith(f"rising: {NOISE[KINDS == 0].mean() * 1e4:+.2f} bps a day (")
    assert rising.name.endswith(f"n = {(KINDS == 0).sum()}")
    assert falling.name.startswith("falling")


def test_a_day_is_drawn_from_the_wallet_before_it_to_the_one_after() -> None:
    daily = days_of([0.1, 0.2, -0.5])
    market = MarketDays(("a", "b"), np.array([1, 0, 1], np.int8), "x")

    figure = regimes_figure(daily, market, balance=100.0, quote="USDT", simulated=False)

    _, first, second = figure.data
    assert first.y[:2] == pytest.approx((110.0, 132.0))
    assert [second.y[0], second.y[1], second.y[3], second.y[4]] == pytest.approx(
        [100.0, 110.0, 132.0, 66.0]
    )
    assert second.y[2] is None
    assert "n = 2" in second.name
    assert "(" not in second.name
