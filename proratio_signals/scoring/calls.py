"""One voter's opinions beside what happened: the columns every figure of a track record reads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

__all__ = ["Calls", "Floats"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calls:
    """Opinions whose horizon has passed, each column of shape (n,), ascending in time.

    Parameters
    ----------
    times_ms
        Close time of the judged candle, milliseconds since the Unix epoch.
    resolved_ms
        When the outcome was known.
    series
        Which series, as a small integer.
    action
        1 to buy, -1 to sell, 0 to hold.
    confidence
        As stated, 0 to 1.
    expected_return_frac
        As forecast; NaN where nobody forecast one (a whole panel's vote).
    return_frac
        What the price did over the opinion's own horizon; finite.
    rules_action
        What the rules of the same role say to the same candle: 1, -1 or 0.
    regime
        The market at that candle, an index into `regimes.REGIMES`.
    """

    times_ms: npt.NDArray[np.int64]
    resolved_ms: npt.NDArray[np.int64]
    series: npt.NDArray[np.intp]
    action: npt.NDArray[np.int8]
    confidence: Floats
    expected_return_frac: Floats
    return_frac: Floats
    rules_action: npt.NDArray[np.int8]
    regime: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.times_ms)

    @cached_property
    def directional(self) -> npt.NDArray[np.bool_]:
        """Which opinions name a direction."""
        return np.asarray(self.action != 0)

    @cached_property
    def hits(self) -> Floats:
        """1.0 where the price moved as called; a price that did not move is a miss."""
        right = self.directional & (np.sign(self.return_frac) == self.action)
        return np.asarray(right, dtype=np.float64)

    @property
    def reach_ms(self) -> int:
        """How long an outcome takes: the 95th percentile, so that one odd horizon rules nothing."""
        if not len(self):
            return 1
        return max(1, int(np.quantile(self.resolved_ms - self.times_ms, 0.95)))

    def where(self, mask: npt.NDArray[np.bool_]) -> Self:
        """Return the opinions that `mask`, of shape (n,), selects."""
        return type(self)(*(getattr(self, field.name)[mask] for field in fields(self)))
