"""A method's record: causal, charged, and exact where it can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.allocation import Limits
from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.rebalancing import Schedule, rebalanced
from proratio_tradehub.portfolio.returns import Returns
from tests.tradehub.portfolio.made import returns_with

_COVARIANCE = [[1e-4, 0.2e-4], [0.2e-4, 4e-4]]


def test_equal_weights_drift_between_dates_and_pay_for_what_changes_hands() -> None:
    returns = returns_with(_COVARIANCE, rows=54)
    record = rebalanced(returns, Method.EQUAL, Schedule(window=50, every=2, cost_frac=0.01))

    a, b = (1 + returns.values[50:]).T
    first = (a[0] + b[0]) / 2 * (1 - 0.01)  # the whole capital was bought
    second = (a[0] * a[1] + b[0] * b[1]) / (a[0] + b[0])
    drifted = a[0] * a[1] / (a[0] * a[1] + b[0] * b[1])
    moved = 2 * abs(drifted - 0.5)
    third = (a[2] + b[2]) / 2 * (1 - 0.01 * moved)
    assert record.returns_frac[:3] == pytest.approx([first - 1, second - 1, third - 1], abs=1e-12)
    assert record.turnover_frac == pytest.approx(moved / 2)
    assert (record.rebalancings, record.failures) == (2, 0)


@pytest.mark.parametrize("method", [m for m in Method if m is not Method.BLACK_LITTERMAN])
def test_later_returns_never_change_an_earlier_record(method: Method) -> None:
    returns = returns_with(_COVARIANCE, rows=120)
    schedule = Schedule(window=60, every=10, cost_frac=0.001)
    whole = rebalanced(returns, method, schedule).returns_frac
    cut = rebalanced(returns.rows(0, 95), method, schedule).returns_frac
    assert whole[:35].tolist() == cut.tolist()


def test_cash_earns_nothing() -> None:
    returns = returns_with(_COVARIANCE, rows=60)
    record = rebalanced(returns, Method.EQUAL, Schedule(50, 1, 0.0), limits=Limits(0.1))
    assert record.returns_frac[0] == pytest.approx(returns.values[50].sum() * 0.1)


def test_a_method_without_an_answer_keeps_what_it_had_and_is_counted() -> None:
    flat = Returns(("A", "B"), np.arange(60), np.zeros((60, 2)))
    record = rebalanced(flat, Method.INVERSE_VOLATILITY, Schedule(50, 5, 0.001))
    assert record.failures == record.rebalancings == 2
    assert record.returns_frac.tolist() == [0.0] * 10


def test_too_little_history_and_odd_schedules_are_refused() -> None:
    with pytest.raises(DataError, match="do not outlast"):
        rebalanced(returns_with(_COVARIANCE, rows=50), Method.EQUAL, Schedule(50, 1, 0.0))
    with pytest.raises(DataError, match="do not fit"):
        Schedule(1, 1, 0.0)
    with pytest.raises(DataError, match="cost"):
        Schedule(10, 1, 1.0)
