"""What entries like this one came to, win by win: the history that a Kelly stake rests on. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from proratio_core.errors import RiskError
from proratio_tradehub.risk.checks import check_not_negative

__all__ = ["ScoredHistory", "ScoredRecord"]

_Floats = npt.NDArray[np.float64]


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
    def of(cls, returns_frac: _Floats) -> Self:
        """Return the history of `returns_frac`, after costs, of the notional value, shape (n,).

        A return of exactly zero counts as a loss.

        Raises
        ------
        RiskError
            A return is not finite.
        """
        _check_finite(returns_frac)
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


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRecord:
    """Scored entries over time, from which the history of any moment is read in a microsecond.

    Parameters
    ----------
    known_ms
        When each outcome was known, milliseconds since the epoch, ascending, shape (n,).
    wins, gained_frac, lost_frac
        How many of the first entries gained, and what they gained and lost together; shape (n,).

    Examples
    --------
    >>> record = ScoredRecord.of(np.array([7, 5]), np.array([-0.02, 0.04]))
    >>> record.by(6)
    ScoredHistory(wins=1, losses=0, mean_win_frac=0.04, mean_loss_frac=0.0)
    """

    known_ms: npt.NDArray[np.int64]
    wins: npt.NDArray[np.int64]
    gained_frac: _Floats
    lost_frac: _Floats

    @classmethod
    def of(cls, known_ms: npt.NDArray[np.int64], returns_frac: _Floats) -> Self:
        """Return the record of `returns_frac`, after costs, each known from `known_ms` on.

        Raises
        ------
        RiskError
            A return is not finite.
        """
        _check_finite(returns_frac)
        order = np.lexsort((returns_frac, known_ms))  # the same sums in whatever order they come
        ordered = returns_frac[order]
        won = ordered > 0.0
        return cls(
            known_ms[order],
            np.cumsum(won, dtype=np.int64),
            np.cumsum(np.where(won, ordered, 0.0)),
            np.cumsum(0.0 - np.where(won, 0.0, ordered)),  # no minus zero
        )

    def by(self, moment_ms: int) -> ScoredHistory:
        """Return what was known by `moment_ms`, itself included; what came later plays no part."""
        count = int(np.searchsorted(self.known_ms, moment_ms, side="right"))
        if count == 0:
            return ScoredHistory(0, 0, 0.0, 0.0)
        wins = int(self.wins[count - 1])
        gained_frac, lost_frac = (
            float(self.gained_frac[count - 1]),
            float(self.lost_frac[count - 1]),
        )
        losses = count - wins
        return ScoredHistory(wins, losses, gained_frac / max(wins, 1), lost_frac / max(losses, 1))


def _check_finite(returns_frac: _Floats) -> None:
    if not np.isfinite(returns_frac).all():
        raise RiskError("a scored return is not finite; leave out what has no outcome yet")


def _mean(values: _Floats) -> float:
    return math.fsum(values) / len(values) if len(values) else 0.0
