from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_quantlab.wallet import (
    daily_returns,
    drawdown_curve,
    longest_under_water_days,
    monthly_returns,
    returns_by_day,
)
from tests.quantlab.made import BALANCE, equity_of

WALLET = [1010.0, 1004.5, 1032.25, 1032.25, 987.5, 1001.75, 1060.0, 1049.0, 1075.5, 1071.25]


def test_hourly_rows_give_the_returns_of_their_last_row_of_the_day() -> None:
    wallet = np.linspace(1000, 1071, 72).tolist()

    hourly = daily_returns(equity_of(wallet, freq="h"), starting_balance=BALANCE)

    daily = daily_returns(equity_of(wallet[23::24]), starting_balance=BALANCE)
    assert hourly.tolist() == daily.tolist()


def test_a_day_without_rows_repeats_the_day_before() -> None:
    equity = equity_of([1010.0, 1020.0, 1030.0]).drop(index=1)

    returns = daily_returns(equity, starting_balance=BALANCE)

    assert returns == pytest.approx([0.01, 0.0, 1030 / 1010 - 1])


def test_days_after_ruin_are_left_out() -> None:
    daily = returns_by_day(equity_of([500.0, 0.0, 0.0, 10.0]), starting_balance=BALANCE)

    assert daily.returns.tolist() == [-0.5, -1.0]
    assert (
        daily.days.tolist()
        == returns_by_day(equity_of([500.0, 1.0]), starting_balance=BALANCE).days.tolist()
    )


def test_months_compound_their_days_as_pandas_does() -> None:
    wallet = BALANCE * np.cumprod(1 + np.random.default_rng(5).normal(0, 0.01, 100))
    equity = equity_of(wallet.tolist())

    monthly = monthly_returns(returns_by_day(equity, starting_balance=BALANCE))

    theirs = equity.set_index("date")["equity_quote"].resample("ME").last()
    theirs = theirs / theirs.shift(1, fill_value=BALANCE) - 1
    assert monthly.months.astype(str).tolist() == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert monthly.returns == pytest.approx(theirs.to_numpy(), rel=1e-9)
    assert monthly.positive_frac == (theirs > 0).mean()


def test_a_single_month_is_no_consistency() -> None:
    daily = returns_by_day(equity_of([1010.0, 1020.0]), starting_balance=BALANCE)

    assert monthly_returns(daily).positive_frac is None


def test_time_under_water_ends_at_the_last_row_below_the_high() -> None:
    equity = equity_of([1100.0, 1000.0, 1090.0, 1100.0, 1050.0])

    assert longest_under_water_days(equity, starting_balance=BALANCE) == 2


def test_a_drawdown_curve_never_rises_above_zero() -> None:
    curve = drawdown_curve(equity_of(WALLET), starting_balance=BALANCE)

    assert curve.max() == 0
    assert curve.min() == pytest.approx(987.5 / 1032.25 - 1)


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
        returns_by_day(equity, starting_balance=balance)


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=200))
def test_days_and_months_compound_to_the_same_growth(wallet: list[float]) -> None:
    daily = returns_by_day(equity_of(wallet), starting_balance=BALANCE)
    growth = wallet[-1] / BALANCE

    assert np.prod(1 + daily.returns) == pytest.approx(growth, rel=1e-9)
    assert np.prod(1 + monthly_returns(daily).returns) == pytest.approx(growth, rel=1e-9)
