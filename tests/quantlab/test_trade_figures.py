"""Golden figures, to 1e-12: Freqtrade's expectancy; quantstats 0.0.86 (profit factor, win rate)."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import quantstats.stats as quantstats
from freqtrade.data.metrics import calculate_expectancy

from proratio_core.clock import to_ms
from proratio_quantlab import trade_figures
from tests.quantlab.made import START, trade_of

PROFITS = np.array([12.5, -3.0, 4.0, -8.25, 0.5])
NONE = np.array([], np.float64)


def test_figures_equal_those_of_freqtrade_and_quantstats() -> None:
    dated = pd.Series(PROFITS, index=pd.date_range("2024-01-01", periods=len(PROFITS)))

    theirs, _ = calculate_expectancy(pd.DataFrame({"profit_abs": PROFITS}))
    assert trade_figures.expectancy(PROFITS) == pytest.approx(theirs, rel=1e-12)
    assert trade_figures.profit_factor(PROFITS) == pytest.approx(
        quantstats.profit_factor(dated, prepare_returns=False), rel=1e-12
    )
    assert trade_figures.win_rate(PROFITS) == pytest.approx(
        quantstats.win_rate(dated, prepare_returns=False), rel=1e-12
    )


def test_no_trade_defines_nothing() -> None:
    figures = trade_figures.win_rate, trade_figures.profit_factor, trade_figures.expectancy

    assert [figure(NONE) for figure in figures] == [None] * 3
    assert trade_figures.r_multiples([]).tolist() == []


def test_winners_alone_have_no_profit_factor() -> None:
    assert trade_figures.profit_factor(np.array([1.0, 2.0])) is None
    assert trade_figures.profit_factor(np.array([-1.0])) == 0


def test_a_trade_that_lost_what_it_risked_is_minus_one() -> None:
    trades = [
        trade_of(-20.0, risk_quote=20.0),
        trade_of(50.0, risk_quote=20.0),
        trade_of(50.0, risk_quote=None),
        trade_of(50.0, risk_quote=0.0),
    ]

    assert trade_figures.r_multiples(trades).tolist() == [-1.0, 2.5]


def test_only_the_time_inside_the_run_is_exposure() -> None:
    start, end = (to_ms(START + timedelta(days=days)) for days in (1, 5))
    trades = [trade_of(day=0, days=2), trade_of(day=1.5, days=1), trade_of(day=4, days=9)]

    assert trade_figures.exposure(trades, start_ms=start, end_ms=end) == pytest.approx(2.5 / 4)
    assert trade_figures.exposure([], start_ms=start, end_ms=end) == 0
    assert trade_figures.exposure(trades, start_ms=start, end_ms=start) is None
