"""How many voters there really are: agreement, correlation, effective number; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from proratio_signals.scoring.calls import Floats

__all__ = ["Agreement", "agreement_of"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike the voters of a panel are.

    Parameters
    ----------
    voters
        Their names, in the order of rows and columns.
    n
        Questions all of them answered.
    same_frac
        Share of questions two of them gave the same action, 0 to 1.
    correlation
        Pearson correlation of their convictions (action x confidence); None beside a voter that
        always says the same.
    effective_voters
        How many independent voters carry as much information, 1 to the number of voters; None
        without two answers. A voter that always says the same counts as none.
    """

    voters: tuple[str, ...]
    n: int
    same_frac: tuple[tuple[float, ...], ...]
    correlation: tuple[tuple[float | None, ...], ...]
    effective_voters: float | None


def agreement_of(
    voters: tuple[str, ...], action: npt.NDArray[np.int8], confidence: Floats
) -> Agreement:
    """Return the agreement of a panel.

    Parameters
    ----------
    voters
        Names, v of them.
    action, confidence
        What each said, shape (n, v); a confidence of NaN is an abstention, and its question is
        left out.

    Notes
    -----
    The effective number is (sum of eigenvalues)^2 / sum of their squares of the correlation matrix,
    which is v^2 / sum of the squared correlations. Source: Bretherton, Widmann, Dymnikov, Wallace &
    Blade, "The effective number of spatial degrees of freedom of a time-varying field", Journal of
    Climate 12, 1999, equation 5.
    """
    complete = ~np.isnan(confidence).any(axis=1)
    codes, convictions = action[complete], (action * confidence)[complete]
    count = len(codes)
    same = (codes[:, :, None] == codes[:, None, :]).sum(axis=0) / max(count, 1)
    correlation = _correlation(convictions)
    moving = ~np.isnan(np.diag(correlation))
    square = correlation[np.ix_(moving, moving)]
    effective = float(len(square) ** 2 / (square**2).sum()) if moving.any() else None
    return Agreement(
        voters,
        count,
        tuple(tuple(row) for row in same.tolist()),
        tuple(
            tuple(None if np.isnan(cell) else float(cell) for cell in row) for row in correlation
        ),
        effective,
    )


def _correlation(convictions: Floats) -> Floats:
    """Return the correlation matrix, NaN in the rows and columns of constant voters."""
    centred = convictions - convictions.mean(axis=0) if len(convictions) else convictions
    covariance = centred.T @ centred
    spread = np.sqrt(np.diag(covariance))
    spread = np.where(spread > 1e-12, spread, np.nan)
    return np.asarray(covariance / np.outer(spread, spread), dtype=np.float64)
