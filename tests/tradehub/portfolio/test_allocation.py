"""Weights against closed forms, an independent solver, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.allocation import Limits, allocate
from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.returns import Returns
from proratio_tradehub.portfolio.views import View
from tests.tradehub.portfolio.made import returns_with

_SIGMAS = np.array([0.01, 0.02, 0.04])
_ROUGH = [[1e-4, 0.5e-4, 0.2e-4], [0.5e-4, 4e-4, 1e-4], [0.2e-4, 1e-4, 9e-4]]


def _weights(returns: Returns, method: Method, **options: object) -> np.ndarray:
    allocation = allocate(returns, method, **options)  # type: ignore[arg-type]
    assert allocation.failure is None
    return np.array(list(allocation.weights.values()))


@pytest.mark.parametrize("method", Method)
def test_a_cap_holds_and_the_rest_goes_to_the_others(method: Method) -> None:
    weights = _weights(returns_with(_ROUGH), method, limits=Limits(0.4))
    assert weights.max() <= 0.4 + 1e-6
    assert weights.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("method", Method)
def test_where_all_caps_come_to_less_than_the_whole_the_rest_is_cash(method: Method) -> None:
    allocation = allocate(returns_with(_ROUGH), method, limits=Limits(0.2))
    assert list(allocation.weights.values()) == pytest.approx([0.2] * 3)
    assert allocation.cash_frac == pytest.approx(0.4)
    assert allocation.turnover_frac == pytest.approx(0.6)


def test_the_turnover_limit_stops_on_the_way() -> None:
    returns = returns_with(_ROUGH)
    held = {"A": 0.0, "B": 0.0, "C": 1.0}
    target = _weights(returns, Method.HRP, previous=held)
    limited = allocate(returns, Method.HRP, limits=Limits(1.0, 0.1), previous=held)

    found = np.array(list(limited.weights.values()))
    assert limited.turnover_frac == 0.1
    assert np.abs(found - [0, 0, 1]).sum() / 2 == pytest.approx(0.1)
    assert np.cross(found - [0, 0, 1], target - [0, 0, 1]) == pytest.approx([0, 0, 0], abs=1e-12)


def test_what_has_no_solution_moves_nothing_and_says_why() -> None:
    flat = returns_with(np.eye(3))
    still = Returns(flat.assets, flat.open_ms, np.zeros_like(flat.values))
    allocation = allocate(still, Method.INVERSE_VOLATILITY, previous={"A": 0.3, "B": 0.2})
    assert allocation.failure
    assert dict(allocation.weights) == {"A": 0.3, "B": 0.2, "C": 0.0}
    assert allocation.turnover_frac == 0
    assert not allocation.risk_shares


def test_shares_of_risk_sum_to_one() -> None:
    allocation = allocate(returns_with(_ROUGH), Method.EQUAL)
    assert sum(allocation.risk_shares.values()) == pytest.approx(1)
    assert allocation.risk_shares["C"] > allocation.risk_shares["A"]


@pytest.mark.parametrize("cap", [0.0, -0.1, 1.1, float("nan")])
def test_a_cap_out_of_range_is_refused(cap: float) -> None:
    with pytest.raises(DataError, match="weight cap"):
        Limits(cap)


@pytest.mark.parametrize("turnover", [-0.1, 1.1, float("nan")])
def test_a_turnover_out_of_range_is_refused(turnover: float) -> None:
    with pytest.raises(DataError, match="turnover limit"):
        Limits(1.0, turnover)


@pytest.mark.parametrize(
    ("previous", "message"),
    [
        ({"Z": 0.1}, "weights are held in Z"),
        ({"A": float("nan")}, "not fractions"),
        ({"A": -0.1}, "not fractions"),
        ({"A": 0.6, "B": 0.6}, "sum to at most 1"),
    ],
)
def test_impossible_holdings_are_refused(previous: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        allocate(returns_with(_ROUGH), Method.EQUAL, previous=previous)


def test_a_view_on_something_else_is_refused() -> None:
    with pytest.raises(DataError, match="views on Z"):
        allocate(returns_with(_ROUGH), Method.BLACK_LITTERMAN, views=[View("Z", 0.01, 0.5)])


@settings(max_examples=40, deadline=None)
@given(
    method=st.sampled_from([Method.EQUAL, Method.INVERSE_VOLATILITY, Method.HRP]),
    scales=st.lists(st.floats(1e-4, 0.2), min_size=2, max_size=6),
    cap=st.floats(0.05, 1.0),
    turnover=st.none() | st.floats(0.0, 1.0),
    held=st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_limits_hold_whatever_is_asked(
    method: Method, scales: list[float], cap: float, turnover: float | None, held: list[float]
) -> None:
    returns = returns_with(np.diag(np.square(scales)))
    start = np.minimum(np.array(held[: len(scales)]) / (1 + sum(held)), cap)
    previous = dict(zip(returns.assets, start.tolist(), strict=True))
    allocation = allocate(returns, method, limits=Limits(cap, turnover), previous=previous)

    weights = np.array(list(allocation.weights.values()))
    assert (weights >= 0).all()
    assert weights.max() <= cap + 1e-9
    assert weights.sum() <= 1 + 1e-9
    assert allocation.cash_frac == pytest.approx(1 - weights.sum(), abs=1e-9)
    moved = np.abs(weights - start).sum() / 2 + abs(weights.sum() - start.sum()) / 2
    assert moved == pytest.approx(allocation.turnover_frac, abs=1e-9)
    assert turnover is None or moved <= turnover + 1e-9
