"""The equity of an account as its bot saw it, and what it says of falls. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["EquityCurve"]

_MOST_POINTS = 2_000


@dataclass(frozen=True, eq=False)
class EquityCurve:
    """Equity in a span of time.

    Parameters
    ----------
    times
        datetime64[ms] UTC, ascending, shape (n,).
    equity_quote
        Open positions at market value, shape (n,).
    before_quote
        The last equity before the span; None when there was none.
    highest_quote
        The highest equity up to the end of the span, what came before it included.
    """

    times: npt.NDArray[np.datetime64]
    equity_quote: npt.NDArray[np.float64]
    before_quote: float | None
    highest_quote: float

    @property
    def last_quote(self) -> float | None:
        """Equity at the end; None when it was never seen."""
        return float(self.equity_quote[-1]) if len(self.equity_quote) else self.before_quote

    @property
    def start_quote(self) -> float | None:
        """Equity at the beginning: the last before it, else the first seen."""
        if self.before_quote is not None:
            return self.before_quote
        return float(self.equity_quote[0]) if len(self.equity_quote) else None

    @property
    def change_frac(self) -> float | None:
        """What equity gained from beginning to end, as a fraction."""
        start, last = self.start_quote, self.last_quote
        return None if not start or last is None else last / start - 1.0

    @property
    def drawdowns(self) -> npt.NDArray[np.float64]:
        """How far each point lies below the highest equity so far, 0 to 1."""
        known = max(self.before_quote or 0.0, 0.0)
        highest = np.maximum.accumulate(np.maximum(self.equity_quote, known))
        return 1.0 - self.equity_quote / np.where(highest > 0.0, highest, 1.0)

    @property
    def largest_drawdown_frac(self) -> float | None:
        """The largest fall from a high within the span, 0 to 1; None without a point."""
        return float(self.drawdowns.max()) if len(self.equity_quote) else None

    @property
    def below_highest_frac(self) -> float:
        """How far the end lies below the highest equity ever, 0 to 1."""
        last = self.last_quote
        if last is None or self.highest_quote <= 0.0:
            return 0.0
        return max(0.0, 1.0 - last / self.highest_quote)

    def thinned(self, most: int = _MOST_POINTS) -> EquityCurve:
        """Return at most about `most` points: of each stretch its lowest and its last."""
        size = len(self.equity_quote)
        if size <= most:
            return self
        starts = np.linspace(0, size, most // 2, endpoint=False).astype(np.int64)
        ends = np.append(starts[1:], size)
        lowest = [
            int(a + np.argmin(self.equity_quote[a:b])) for a, b in zip(starts, ends, strict=True)
        ]
        kept = np.unique(np.concatenate((lowest, ends - 1)))
        return EquityCurve(
            self.times[kept], self.equity_quote[kept], self.before_quote, self.highest_quote
        )
