"""Take-profit in tiers: what is enough at first, and what is enough after a while. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side

__all__ = ["TakeProfit", "Tier"]


@dataclass(frozen=True, slots=True)
class Tier:
    """A profit that is enough from a certain holding time on.

    Parameters
    ----------
    after
        How long the position has been held.
    profit_frac
        Profit as a fraction of the entry price, above zero.
    """

    after: timedelta
    profit_frac: float


@dataclass(frozen=True, slots=True)
class TakeProfit:
    """Tiers that ask for less the longer a position is held.

    Parameters
    ----------
    tiers
        The first from the start; each later one after a longer time and for a smaller profit.

    Raises
    ------
    RiskError
        There is no tier, the first does not start at once, or they do not fall.

    Examples
    --------
    10% at once, 5% after a day, 2% after two:

    >>> day = timedelta(days=1)
    >>> profit = TakeProfit((Tier(0 * day, 0.10), Tier(day, 0.05), Tier(2 * day, 0.02)))
    >>> profit.enough_frac(timedelta(hours=30))
    0.05
    >>> profit.minimal_roi()
    {'0': 0.1, '1440': 0.05, '2880': 0.02}
    """

    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        if not self.tiers or self.tiers[0].after != timedelta(0):
            raise RiskError("take-profit needs a tier that starts at once (after 0)")
        for tier in self.tiers:
            if not 0.0 < tier.profit_frac < math.inf:
                raise RiskError(f"take-profit at {tier.profit_frac!r}; expected a profit above 0")
        for before, later in pairwise(self.tiers):
            if not (before.after < later.after and before.profit_frac > later.profit_frac):
                raise RiskError("each take-profit tier must start later and ask for less")

    def enough_frac(self, held: timedelta) -> float:
        """Return the profit that is enough after a position was held so long."""
        return next(tier.profit_frac for tier in reversed(self.tiers) if tier.after <= held)

    def target_price(self, side: Side, entry_price: float) -> float:
        """Return the price of the first tier, which reward and risk are measured by."""
        return entry_price * (1.0 + side.sign * self.tiers[0].profit_frac)

    def minimal_roi(self) -> dict[str, float]:
        """Return the tiers as Freqtrade's `minimal_roi`: minutes as text -> profit."""
        minute = timedelta(minutes=1)
        return {str(tier.after // minute): tier.profit_frac for tier in self.tiers}
