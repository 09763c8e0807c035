"""What entries like this one came to, win by win: the history that a Kelly stake rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from proratio_core.errors import RiskError
from proratio_tradehub.risk.checks import check_not_negative

__all__ = ["ScoredHistory"]


@dataclass(frozen=True, slots=True)
class ScoredHistory:
    """Counts and mean sizes of wins and losses, after costs.

    Score what was *judged*, not only what was traded: a history of trades alone can never recover
    once it has lost enough that nothing is traded any more.

    Parameters
    ----------
    wins, losses
        How many entries gained, and how many did not.
    mean_win_frac, mean_loss_frac
        Mean gain of a win and mean loss of a loss, as fractions of the notional value, both >= 0.

    Raises
    ------
    RiskError
        A number is below zero or not finite.

    Examples
    --------
    >>> ScoredHistory.of(np.array([0.04, -0.02, 0.02]))
    ScoredHistory(wins=2, losses=1, mean_win_frac=0.03, mean_loss_frac=0.02)
    """

    wins: int
    losses: int
    mean_win_frac: float
    mean_loss_frac: float

    def __post_init__(self) -> None:
        for name in ("wins", "losses", "mean_win_frac", "mean_loss_frac"):
            check_not_negative(name, getattr(self, name))

    @classmethod
    def of(cls, returns_frac: npt.NDArray[np.float64]) -> Self:
        """Return the history of `returns_frac`, after costs, of the notional value, shape (n,).

        A return of exactly zero counts as a loss.

        Raises
        ------
        RiskError
            A return is not finite.
        """
        if not np.isfinite(returns_frac).all():
            raise RiskError("a scored return is not finite; leave out what has no outcome yet")
        won = returns_frac > 0.0
        return cls(
            wins=int(won.sum()),
            losses=int((~won).sum()),
            mean_win_frac=_mean(returns_frac[won]),
            mean_loss_frac=-_mean(returns_frac[~won]) + 0.0,  # + 0.0: no minus zero
        )

    @property
    def count(self) -> int:
        """How many entries were scored."""
        return self.wins + self.losses


def _mean(values: npt.NDArray[np.float64]) -> float:
    return math.fsum(values) / len(values) if len(values) else 0.0
