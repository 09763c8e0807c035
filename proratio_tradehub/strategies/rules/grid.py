"""Grid: in a market that goes nowhere, buy in steps below the middle and sell above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_signals.scoring.regimes import REGIMES, regimes_of
from proratio_signals.snapshot import WINDOW_CANDLES
from proratio_tradehub.strategies.rules.base import BoolArray, began
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["GridRule"]


@dataclass(frozen=True, slots=True)
class GridRule:
    """Enter low in the range of a ranging market, add at fixed steps below, leave high in it.

    Exit also when the market starts to fall: a grid earns while nothing happens and loses when
    something does. The steps are bounded in number and equal in size, and the stop of the
    strategy stands below all of them.

    Parameters
    ----------
    range_candles
        The candles before the judged one whose highest and lowest price are the range.
    entry_frac, exit_frac
        Where in the range, 0 its bottom and 1 its top, a position is opened and closed.
    step_frac
        How far below the step before the next one lies, as a fraction of the first price.
    steps
        How many purchases there may be at most, the first included.
    """

    range_candles: int = tunable(72, 24, 168)
    entry_frac: float = tunable(0.3, 0.1, 0.45)
    exit_frac: float = tunable(0.7, 0.55, 0.95, space="sell")
    step_frac: float = 0.01
    steps: int = 4

    @property
    def startup_candles(self) -> int:
        """The window that the regime is judged from, or the range."""
        return max(WINDOW_CANDLES, self.range_candles + 1)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `regime` (index into REGIMES), `range_place` and `range_width` (fractions)."""
        before = frame[["high", "low"]].shift(1)
        top = before["high"].rolling(self.range_candles).max()
        bottom = before["low"].rolling(self.range_candles).min()
        height = (top - bottom).where(top > bottom)
        return frame.assign(
            regime=regimes_of(frame["close"]),
            range_place=(frame["close"] - bottom) / height,
            range_width=height / bottom,
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the first step may be bought: low in a range that holds every step."""
        ranging = frame["regime"] == REGIMES.index("ranging")
        low = (frame["range_place"] >= 0) & (frame["range_place"] <= self.entry_frac)
        roomy = frame["range_width"] >= self.steps * self.step_frac
        return began(ranging & low & roomy)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the price is high in its range, or the market is falling."""
        high = frame["range_place"] >= self.exit_frac
        falling = frame["regime"] == REGIMES.index("falling")
        return (high | falling).to_numpy(np.bool_)

    def is_next_step(self, *, filled: int, first_rate: float, rate: float) -> bool:
        """Return whether another purchase is due.

        Parameters
        ----------
        filled
            Purchases so far, 1 or more.
        first_rate
            Price of the first, quote currency, above zero.
        rate
            The price now.

        Examples
        --------
        >>> GridRule(step_frac=0.01).is_next_step(filled=1, first_rate=100.0, rate=98.9)
        True
        >>> GridRule(step_frac=0.01).is_next_step(filled=2, first_rate=100.0, rate=98.9)
        False
        """
        return 1 <= filled < self.steps and rate <= first_rate * (1 - filled * self.step_frac)
