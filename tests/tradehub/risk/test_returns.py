from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import RiskError
from proratio_tradehub.risk.returns import RecentReturns
from tests.tradehub.risk.made import BTC, ETH, SOL, correlated, returns_of


def test_correlations_are_those_of_numpy() -> None:
    recent = returns_of(BTC, ETH, SOL)
    expected = np.corrcoef(recent.values)

    for row, one in enumerate(recent.pairs):
        for column, other in enumerate(recent.pairs):
            assert recent.correlation(one, other) == pytest.approx(expected[row, column])


@given(st.floats(-1, 1))
def test_made_correlation_is_found(correlation: float) -> None:
    one, other = correlated(correlation)

    assert RecentReturns.of({BTC: one, ETH: other}).correlation(BTC, ETH) == pytest.approx(
        correlation, abs=1e-9
    )


def test_correlation_never_leaves_its_range_and_ignores_scale() -> None:
    row = returns_of(BTC).values[0]
    recent = RecentReturns.of({BTC: row, ETH: 3.0 * row + 0.001, SOL: -1e-3 * row})

    assert recent.correlation(BTC, ETH) == pytest.approx(1.0)
    assert recent.correlation(BTC, SOL) == pytest.approx(-1.0)
    assert all(abs(recent.correlation(a, b) or 9) <= 1.0 for a in recent.pairs for b in (BTC, SOL))


@pytest.mark.parametrize("hole", [math.nan, math.inf, -math.inf])
def test_pair_with_a_hole_has_no_figures_and_the_others_keep_theirs(hole: float) -> None:
    values = returns_of(BTC, ETH, SOL).values.copy()
    values[1, 3] = hole
    recent = RecentReturns((BTC, ETH, SOL), values)

    assert recent.correlation(BTC, ETH) is None
    assert recent.correlation(ETH, ETH) is None
    assert recent.volatility_frac(ETH) is None
    assert recent.volatility_frac(ETH, 12) is not None  # the hole is older
    assert recent.correlation(BTC, SOL) == pytest.approx(np.corrcoef(values[[0, 2]])[0, 1])


def test_unknown_pair_has_no_figures() -> None:
    recent = returns_of(BTC, ETH)

    assert recent.correlation(BTC, SOL) is None
    assert recent.correlation(SOL, BTC) is None
    assert recent.volatility_frac(SOL) is None


def test_price_that_stands_still_correlates_with_nothing() -> None:
    recent = RecentReturns.of({BTC: returns_of(BTC).values[0], ETH: np.full(168, 0.001)})

    assert recent.correlation(BTC, ETH) is None
    assert recent.volatility_frac(ETH) == pytest.approx(0.0, abs=1e-15)


def test_rounding_is_no_move() -> None:
    one, other = correlated(0.5)
    rounding = 1e-13 * one / one.std()

    assert RecentReturns.of({BTC: rounding, ETH: other}).correlation(BTC, ETH) is None


def test_tiny_but_real_moves_still_correlate() -> None:
    one, other = correlated(0.5)
    recent = RecentReturns.of({BTC: 1e-8 * one, ETH: other})

    assert recent.correlation(BTC, ETH) == pytest.approx(0.5)


def test_shorter_series_lacks_its_oldest_candles() -> None:
    recent = RecentReturns.of({BTC: np.array([0.1, 0.2, 0.3]), ETH: np.array([0.5, 0.1])})

    np.testing.assert_array_equal(recent.values, [[0.1, 0.2, 0.3], [np.nan, 0.5, 0.1]])
    assert recent.pairs == (BTC, ETH)
    assert recent.candles == 3
    assert recent.correlation(BTC, ETH) is None
    assert recent.volatility_frac(ETH, 2) == pytest.approx(np.std([0.5, 0.1], ddof=1))


def test_volatility_is_of_the_last_candles_with_one_degree_of_freedom_less() -> None:
    recent = RecentReturns.of({BTC: np.array([0.5, 0.1, 0.2, 0.4])})

    assert recent.volatility_frac(BTC, 2) == pytest.approx(math.sqrt(2 * 0.1**2))
    assert recent.volatility_frac(BTC, 4) == recent.volatility_frac(BTC)
    assert recent.volatility_frac(BTC) == pytest.approx(np.std([0.5, 0.1, 0.2, 0.4], ddof=1))


def test_volatility_before_the_last_candles_leaves_them_out() -> None:
    recent = RecentReturns.of({BTC: np.array([0.5, 0.1, 0.2, 0.4])})

    assert recent.volatility_frac(BTC, before=1) == pytest.approx(np.std([0.5, 0.1, 0.2], ddof=1))
    assert recent.volatility_frac(BTC, 2, before=1) == pytest.approx(np.std([0.1, 0.2], ddof=1))
    assert recent.volatility_frac(BTC, before=2) == pytest.approx(np.std([0.5, 0.1], ddof=1))
    assert recent.volatility_frac(BTC, before=3) is None
    assert recent.volatility_frac(BTC, 3, before=2) is None


@pytest.mark.parametrize("candles", [-1, 0, 1, 5])
def test_window_without_so_many_candles_has_no_volatility(candles: int) -> None:
    recent = RecentReturns.of({BTC: np.array([0.5, 0.1, 0.2, 0.4])})

    assert recent.volatility_frac(BTC, candles) is None


def test_no_pairs_and_one_candle_have_no_figures() -> None:
    single = RecentReturns.of({BTC: np.array([0.1]), ETH: np.array([0.2])})

    assert RecentReturns.of({}).candles == 0
    assert RecentReturns.of({}).correlation(BTC, BTC) is None
    assert single.correlation(BTC, ETH) is None
    assert single.volatility_frac(BTC) is None


def test_two_candles_are_enough_for_a_correlation() -> None:
    recent = RecentReturns.of({BTC: np.array([0.1, 0.2]), ETH: np.array([0.2, 0.1])})

    assert recent.correlation(BTC, ETH) == pytest.approx(-1.0)


@pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 5, 1)])
def test_shape_that_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(RiskError, match=r"^returns have shape .*; expected \(2, candles\)$"):
        RecentReturns((BTC, ETH), np.zeros(shape))


def test_pair_that_appears_twice_is_refused() -> None:
    with pytest.raises(
        RiskError, match=r"^a pair appears twice among BTC/USDT, ETH/USDT, BTC/USDT"
    ):
        RecentReturns((BTC, ETH, BTC), np.zeros((3, 5)))


def test_part_of_the_candles_is_as_if_nothing_else_was_known() -> None:
    whole = returns_of(BTC, ETH, SOL)
    assert whole.correlation(BTC, ETH) is not None  # what is remembered of the whole stays there
    part = whole.between(10, 40)
    alone = RecentReturns(whole.pairs, whole.values[:, 10:40])

    assert part.candles == 30
    assert part.pairs == whole.pairs
    assert part.correlation(BTC, SOL) == alone.correlation(BTC, SOL)
    assert part.correlation(BTC, ETH) == alone.correlation(BTC, ETH) != whole.correlation(BTC, ETH)
    assert part.volatility_frac(ETH, 12) == alone.volatility_frac(ETH, 12)
    assert isinstance(part, RecentReturns)
