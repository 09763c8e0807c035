"""Which assets move together, so that several positions are one bet. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.returns import FloatArray, Returns

__all__ = ["Cluster", "clusters", "correlations", "effective_bets"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Assets that move together.

    Parameters
    ----------
    assets
        In the order of the returns.
    mean_correlation
        Mean over the pairs within, -1 to 1; None for a single asset.
    """

    assets: tuple[str, ...]
    mean_correlation: float | None


def correlations(returns: Returns) -> FloatArray:
    """Return Pearson's correlation of every two assets, shape (assets, assets).

    An asset that never moved is correlated with nothing but itself.
    """
    centred = returns.values - returns.values.mean(axis=0)
    norms = np.sqrt(np.square(centred).sum(axis=0))
    norms[norms == 0] = np.inf
    scaled = centred / norms
    matrix: FloatArray = np.clip(scaled.T @ scaled, -1.0, 1.0)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def clusters(returns: Returns, *, least_correlation: float = 0.7) -> tuple[Cluster, ...]:
    """Return the assets in groups, largest first, whose members move together.

    Parameters
    ----------
    returns
        The past to judge by.
    least_correlation
        Mean correlation at which two groups are joined, -1 to 1.

    Raises
    ------
    DataError
        `least_correlation` is out of range.

    Notes
    -----
    Average linkage on the distance sqrt((1 - correlation) / 2): Mantegna, "Hierarchical structure
    in financial markets", European Physical Journal B 11(1), 1999, scaled to 0..1.
    """
    if not -1 <= least_correlation <= 1:
        raise DataError(f"a correlation of {least_correlation} is not between -1 and 1")
    count = len(returns.assets)
    matrix = correlations(returns)
    if count == 1:
        labels = np.ones(1, np.int64)
    else:
        distances = np.sqrt(np.maximum(1 - matrix, 0) / 2)
        tree = linkage(squareform(distances, checks=False), method="average")
        labels = fcluster(tree, np.sqrt((1 - least_correlation) / 2), criterion="distance")
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    groups.sort(key=lambda members: (-len(members), members[0]))
    return tuple(_cluster(returns.assets, matrix, members) for members in groups)


def effective_bets(returns: Returns) -> float:
    """Return how many independent assets these are worth, 1 to the number of assets.

    Notes
    -----
    The exponential of the entropy of the correlation matrix' eigenvalue shares: the effective rank
    of Roy & Vetterli, European Signal Processing Conference, 2007.
    """
    shares = np.linalg.eigvalsh(correlations(returns)) / len(returns.assets)
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _cluster(assets: tuple[str, ...], matrix: FloatArray, members: npt.NDArray[np.intp]) -> Cluster:
    inside = matrix[np.ix_(members, members)]
    pairs = inside[np.triu_indices(len(members), k=1)]
    mean = float(pairs.mean()) if len(pairs) else None
    return Cluster(tuple(assets[member] for member in members), mean)
