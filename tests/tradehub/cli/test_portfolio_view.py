"""What people are shown of an allocation, a comparison and a risk."""

from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console

from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_tradehub.cli.portfolio_view import (
    allocation_document,
    comparison_document,
    print_allocation,
    print_comparison,
    risk_document,
)
from proratio_tradehub.portfolio import Method, OutOfSample, Returns, Schedule, View, allocate
from tests.tradehub.portfolio.made import returns_with


def _printed(show: object, document: object) -> str:
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        show(console, document)  # type: ignore[operator]
    return capture.get()


def test_a_failure_is_shown_as_one() -> None:
    still = Returns(("A", "B"), np.arange(60), np.zeros((60, 2)))
    document = allocation_document(allocate(still, Method.INVERSE_VOLATILITY), still, ())
    assert "no weights were found, so nothing moves" in _printed(print_allocation, document)


def test_views_are_named_with_their_confidence() -> None:
    returns = returns_with(np.eye(2) * 1e-4)
    views = [View("A", 0.002, 0.7)]
    document = allocation_document(
        allocate(returns, Method.BLACK_LITTERMAN, views=views), returns, views
    )
    assert "A +0.200% a candle, confidence 0.70" in _printed(print_allocation, document)


def test_a_difference_that_excludes_zero_is_marked() -> None:
    returns = returns_with(np.eye(2) * 1e-4, rows=365)
    noise = np.random.default_rng(1).normal(0, 0.001, 365)
    records = [
        OutOfSample(Method.EQUAL, noise, None, 1, 0),
        OutOfSample(Method.HRP, noise + 0.001, 0.1, 12, 0),
        OutOfSample(Method.RISK_PARITY, noise * 0, 0.1, 12, 0),
    ]
    document = comparison_document(records, returns, Schedule(30, 30, 0.0), Timeframe.D1)
    printed = _printed(print_comparison, document)
    assert "+10.00 (+10.00 to +10.00) *" in printed
    by_name = {row["method"]: row for row in document["methods"]}
    value = np.cumprod(1 + noise)
    assert by_name["equal"]["growth_a_year_frac"] == pytest.approx(value[-1] - 1)
    assert by_name["equal"]["sharpe"] == pytest.approx(noise.mean() / noise.std(ddof=1) * 365**0.5)
    assert by_name["risk-parity"]["sharpe"] is None


def test_a_holding_without_returns_is_refused() -> None:
    with pytest.raises(DataError, match="Z is held but not among the pairs A, B"):
        risk_document(returns_with(np.eye(2)), {"Z": 1.0}, confidence_frac=0.95, window=100)
