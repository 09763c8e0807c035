"""Combinatorial purged cross-validation of a choice among variants: many pasts instead of one.

The days are cut into folds; in turn, some of them test and the others teach, those next to a test
purged. The variant that is best on the teaching days is judged on the testing ones. From the tests
of all combinations whole paths through the days are put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.ratios import sharpe_ratio

__all__ = ["CrossValidation", "cross_validate"]

_FEWEST_DAYS_A_FOLD: Final = 10
_FLAT: Final = 1e-12

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CrossValidation:
    """What choosing the best variant was worth on days it was not chosen by.

    Parameters
    ----------
    sharpes
        Annual Sharpe ratio of each path, shape (paths,); 0 for a path that never moved.
    chosen
        How often each variant was the best of the teaching days, shape (variants,).
    splits
        How many combinations of folds there were.
    """

    sharpes: _Floats
    chosen: npt.NDArray[np.int64]
    splits: int

    @property
    def median(self) -> float:
        """The median path's Sharpe ratio."""
        return float(np.median(self.sharpes))

    @property
    def losing_frac(self) -> float:
        """Share of the paths with a Sharpe ratio of zero or below."""
        return float((self.sharpes <= 0).mean())


def cross_validate(
    returns: _Floats,
    *,
    folds: int = 10,
    test_folds: int = 2,
    purge_days: int = 3,
    embargo_days: int = 3,
) -> CrossValidation:
    """Return how the choice of the best variant fares over all combinations of folds.

    Parameters
    ----------
    returns
        Daily returns of every variant on the same days, finite, shape (days, variants).
    folds, test_folds
        Into how many parts the days are cut, and how many of them test at a time.
    purge_days, embargo_days
        Teaching days dropped on both sides of a test, and after it besides: a position open
        there belongs to both.

    Raises
    ------
    DataError
        Fewer than two variants, too few days for the folds, folds that make no paths, or a return
        that is no number.

    Notes
    -----
    Source: Lopez de Prado, "Advances in Financial Machine Learning", 2018, chapter 12; the splits
    and paths are skfolio's `CombinatorialPurgedCV`.
    """
    _check(returns, folds, test_folds)
    from skfolio.model_selection import CombinatorialPurgedCV  # noqa: PLC0415  # seconds

    splitter = CombinatorialPurgedCV(
        n_folds=folds, n_test_folds=test_folds, purged_size=purge_days, embargo_size=embargo_days
    )
    paths = np.asarray(splitter.get_path_ids())
    stitched = np.full((int(paths.max()) + 1, len(returns)), np.nan)
    chosen = np.zeros(returns.shape[1], np.int64)
    splits = 0
    for splits, (train, tests) in enumerate(splitter.split(returns), start=1):
        best = int(np.argmax(_ratios(returns[train])))
        chosen[best] += 1
        for path, days in zip(paths[splits - 1], tests, strict=True):
            stitched[path, days] = returns[days, best]
    ratios = [sharpe_ratio(path) or 0.0 for path in stitched]
    return CrossValidation(np.array(ratios), chosen, splits)


def _ratios(returns: _Floats) -> _Floats:
    """Return each column's Sharpe ratio; 0 for one that does not move."""
    spread = returns.std(axis=0, ddof=1)
    moving = spread > _FLAT
    ratios: _Floats = np.where(moving, returns.mean(axis=0) / np.where(moving, spread, 1.0), 0.0)
    return ratios


def _check(returns: _Floats, folds: int, test_folds: int) -> None:
    if folds < 3 or not 2 <= test_folds < folds:
        raise DataError(
            f"{test_folds} of {folds} folds make no paths; take at least 3 folds, 2 of them tests"
        )
    if returns.ndim != 2 or returns.shape[1] < 2:
        raise DataError("a choice needs at least two variants to choose from")
    if len(returns) < folds * _FEWEST_DAYS_A_FOLD:
        raise DataError(
            f"{len(returns)} days in {folds} folds leave less than {_FEWEST_DAYS_A_FOLD} each; "
            "take fewer folds or more days"
        )
    if not np.isfinite(returns).all():
        raise DataError("a return is NaN or infinite; leave such a variant out")
