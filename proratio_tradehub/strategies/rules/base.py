"""What an entry rule is: pure, vectorised and causal functions of the candle frame."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["BoolArray", "Rule", "began", "crossed_above"]

BoolArray = npt.NDArray[np.bool_]


class Rule(Protocol):
    """Indicators, candidate entries and exits of a strategy, shared by trading and backfill.

    Every method is a pure function; row i of a result depends on rows 0..i of the frame only.
    """

    @property
    def startup_candles(self) -> int:
        """How many candles the indicators need before they no longer depend on the start."""
        ...

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with this rule's indicator columns added."""
        ...

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where an entry may be considered, shape (n,), from a frame with indicators."""
        ...

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where an open position should be closed, shape (n,)."""
        ...


def crossed_above(upper: pd.Series[float], lower: pd.Series[float]) -> BoolArray:
    """Return where `upper` is above `lower` and was not one row before; NaN never crosses.

    Examples
    --------
    >>> crossed_above(pd.Series([1.0, 3.0]), pd.Series([2.0, 2.0])).tolist()
    [False, True]
    """
    above = (upper > lower).to_numpy()
    was_not = (upper <= lower).shift(1, fill_value=False).to_numpy()
    return np.asarray(above & was_not, dtype=np.bool_)


def began(holds: pd.Series[bool]) -> BoolArray:
    """Return where a condition holds and did not one row before; the first row never counts.

    A condition that stays true for a day is one candidate, not twenty-four: each is a question
    that somebody pays for.

    Examples
    --------
    >>> began(pd.Series([True, False, True, True])).tolist()
    [False, False, True, False]
    """
    now = holds.to_numpy(np.bool_)
    before = np.concatenate((np.ones(min(1, len(now)), np.bool_), now[:-1]))
    return np.asarray(now & ~before, dtype=np.bool_)
