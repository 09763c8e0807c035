"""Golden numbers: empyrical-reloaded 0.7.1 (annualization=365) on the returns of `GOLDEN`, and
Freqtrade's own wallet-based figures, computed here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple
from datetime import timedelta

import pandas as pd
import pytest
from freqtrade.data.metrics import (
    calculate_expectancy,
    calculate_max_drawdown_from_balance,
    calculate_sharpe_from_balance,
)
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_quantlab.metrics import Metrics, compute_metrics
from proratio_quantlab.results import Trade
from tests.quantlab.made import BALANCE, START, equity_of, trade_of

GOLDEN = [1010.0, 1004.5, 1032.25, 1032.25, 987.5, 1001.75, 1060.0, 1049.0, 1075.5, 1071.25]


def metrics_of(wallet: Sequence[float], trades: Sequence[Trade] = ()) -> Metrics:
    return compute_metrics(trades, equity_of(wallet), starting_balance=BALANCE)


def test_risk_figures_equal_empyrical() -> None:
    metrics = metrics_of(GOLDEN)

    assert metrics.sharpe == pytest.approx(5.103631056688789, rel=1e-12)
    assert metrics.sortino == pytest.approx(9.694515235241559, rel=1e-12)
    assert metrics.max_drawdown_frac == pytest.approx(0.0433519011867281, rel=1e-12)
    assert metrics.calmar == pytest.approx(261.38387050618945, rel=1e-12)


def test_risk_figures_equal_freqtrades_up_to_its_ddof() -> None:
    history = equity_of([BALANCE, *GOLDEN], start=START - timedelta(days=1))
    history = history.rename(columns={"equity_quote": "total_quote"})
    metrics, days = metrics_of(GOLDEN), len(GOLDEN)

    theirs = calculate_sharpe_from_balance(history) * math.sqrt((days - 1) / days)
    assert metrics.sharpe == pytest.approx(theirs, rel=1e-12)
    drawdown = calculate_max_drawdown_from_balance(history, relative=True)
    assert metrics.max_drawdown_frac == pytest.approx(drawdown.relative_account_drawdown)


def test_trade_figures_equal_hand_computation() -> None:
    trades = [trade_of(30.0, day=0), trade_of(-10.0, day=1), trade_of(0.0, day=2, days=2)]

    metrics = metrics_of([1030.0, 1020.0, 1020.0, 1020.0, 1020.0], trades)

    assert (metrics.trades, metrics.wins) == (3, 1)
    assert metrics.win_rate_frac == pytest.approx(1 / 3)
    assert metrics.profit_factor == pytest.approx(3.0)
    assert metrics.expectancy_quote == pytest.approx(20 / 3)
    assert metrics.fees_quote == pytest.approx(0.63)
    assert metrics.profit_quote == pytest.approx(20.0)
    assert metrics.profit_frac == pytest.approx(0.02)
    assert metrics.exposure_frac == pytest.approx(1.0)


def test_expectancy_equals_freqtrades() -> None:
    profits = [12.5, -3.0, 4.0, -8.25, 0.5]
    metrics = metrics_of(GOLDEN, [trade_of(profit) for profit in profits])

    theirs, _ = calculate_expectancy(pd.DataFrame({"profit_abs": profits}))
    assert metrics.expectancy_quote == pytest.approx(theirs)


def test_one_trade_defines_a_mean_and_no_profit_factor() -> None:
    metrics = metrics_of([1000.0, 1030.0], [trade_of(30.0, risk_quote=20.0)])

    assert metrics.expectancy_quote == 30.0
    assert metrics.expectancy_r == pytest.approx(1.5)
    assert metrics.profit_factor is None


def test_overlapping_trades_count_once_in_exposure() -> None:
    trades = [trade_of(day=0, days=2), trade_of(day=1, days=2), trade_of(day=1, days=0.5)]

    assert metrics_of([BALANCE] * 11, trades).exposure_frac == pytest.approx(0.3)


def test_a_loss_still_carried_is_in_the_drawdown_before_any_trade_closes() -> None:
    assert metrics_of([1000.0, 800.0, 1000.0]).max_drawdown_frac == pytest.approx(0.2)


def test_a_first_day_below_the_starting_balance_is_a_drawdown() -> None:
    assert metrics_of([950.0, 960.0]).max_drawdown_frac == pytest.approx(0.05)


def test_the_longest_time_under_water_is_measured_from_the_high() -> None:
    wallet = [1000, 1100, 1050, 1060, 1100, 1090, 1120]

    assert metrics_of(wallet).drawdown_days == pytest.approx(2.0)
    assert metrics_of([1000, 1010, 1020]).drawdown_days == 0


def test_a_run_without_trades_leaves_the_undefined_undefined() -> None:
    metrics = metrics_of([BALANCE] * 5)

    undefined = (
        metrics.sharpe, metrics.sortino, metrics.calmar, metrics.win_rate_frac, metrics.omega,
        metrics.tail_ratio, metrics.profit_factor, metrics.expectancy_quote, metrics.expectancy_r,
    )  # fmt: skip
    assert undefined == (None,) * 9
    assert metrics.exposure_frac == 0
    assert metrics.profit_quote == 0


def test_a_single_row_defines_neither_ratios_nor_exposure() -> None:
    metrics = metrics_of([1001.0])

    assert (metrics.sharpe, metrics.sortino, metrics.exposure_frac) == (None, None, None)


def test_a_gain_too_large_for_a_yearly_figure_has_no_calmar() -> None:
    assert metrics_of([500.0, 1e9]).calmar is None


@pytest.mark.parametrize(
    ("equity", "balance", "complaint"),
    [
        (equity_of([]), BALANCE, "without rows"),
        (equity_of([1000.0, math.nan]), BALANCE, "finite"),
        (equity_of([1000.0, 1001.0])[::-1], BALANCE, "ascending"),
        (equity_of([1000.0]), 0.0, "above zero"),
        (equity_of([1000.0]), math.inf, "above zero"),
    ],
)
def test_a_curve_that_breaks_its_contract_is_refused(
    equity: pd.DataFrame, balance: float, complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint):
        compute_metrics((), equity, starting_balance=balance)


amounts = st.floats(0.0, 1e9, allow_nan=False)


@given(st.lists(amounts, min_size=1, max_size=60), st.lists(st.floats(-1e6, 1e6), max_size=8))
def test_no_figure_is_ever_nan_or_infinite(wallet: list[float], profits: list[float]) -> None:
    trades = [trade_of(profit, day=day) for day, profit in enumerate(profits)]

    metrics = metrics_of(wallet, trades)

    assert all(value is None or math.isfinite(value) for value in astuple(metrics))
    assert 0 <= metrics.max_drawdown_frac <= 1
    assert 0 <= metrics.drawdown_days <= len(wallet)


@given(st.lists(st.floats(1.0, 1e6), min_size=2, max_size=40), st.floats(0.01, 100.0))
def test_ratios_do_not_depend_on_the_currency_unit(wallet: list[float], factor: float) -> None:
    one = metrics_of(wallet)
    other = compute_metrics(
        (), equity_of([value * factor for value in wallet]), starting_balance=BALANCE * factor
    )

    assert other.max_drawdown_frac == pytest.approx(one.max_drawdown_frac, abs=1e-9)
    if one.sharpe is not None and other.sharpe is not None:
        assert other.sharpe == pytest.approx(one.sharpe, rel=1e-6, abs=1e-6)
