"""What moves together is found, and counted once."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.correlation import clusters, correlations, effective_bets
from proratio_tradehub.portfolio.returns import Returns
from tests.tradehub.portfolio.made import returns_with

_TWO_GROUPS = [
    [1.0, 0.9, 0.1, 0.0],
    [0.9, 1.0, 0.1, 0.0],
    [0.1, 0.1, 1.0, 0.8],
    [0.0, 0.0, 0.8, 1.0],
]


def test_correlations_are_numpys() -> None:
    returns = returns_with(_TWO_GROUPS)
    assert correlations(returns) == pytest.approx(np.corrcoef(returns.values.T), abs=1e-12)


def test_groups_are_found_with_their_mean_correlation() -> None:
    found = clusters(returns_with(_TWO_GROUPS), least_correlation=0.7)
    assert [cluster.assets for cluster in found] == [("A", "B"), ("C", "D")]
    assert [c.mean_correlation for c in found] == pytest.approx([0.9, 0.8])


def test_a_stricter_threshold_splits_and_a_looser_one_joins() -> None:
    returns = returns_with(_TWO_GROUPS)
    assert [c.assets for c in clusters(returns, least_correlation=0.85)] == [
        ("A", "B"),
        ("C",),
        ("D",),
    ]
    assert clusters(returns, least_correlation=0.85)[1].mean_correlation is None
    assert len(clusters(returns, least_correlation=0.0)) == 1


def test_effective_bets_are_one_for_copies_and_all_for_strangers() -> None:
    assert effective_bets(returns_with(np.eye(4))) == pytest.approx(4)
    one = returns_with(np.eye(1)).values
    copies = Returns(("A", "B", "C"), np.arange(len(one)), np.repeat(one, 3, axis=1))
    assert effective_bets(copies) == pytest.approx(1)


def test_an_asset_that_never_moved_is_a_stranger_to_all() -> None:
    moving = returns_with(np.eye(2))
    values = np.column_stack([moving.values, np.zeros(len(moving))])
    matrix = correlations(Returns(("A", "B", "C"), moving.open_ms, values))
    assert matrix[2].tolist() == [0, 0, 1]


def test_a_single_asset_is_one_cluster() -> None:
    assert clusters(returns_with(np.eye(1)))[0].assets == ("A",)


def test_a_correlation_out_of_range_is_refused() -> None:
    with pytest.raises(DataError, match="not between -1 and 1"):
        clusters(returns_with(np.eye(2)), least_correlation=1.5)
