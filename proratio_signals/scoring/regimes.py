"""What kind of market a candle stood in, from the facts of its own snapshot; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["REGIMES", "regime_of"]

REGIMES: Final = ("rising", "falling", "ranging", "turbulent")
"""The names, by index."""

_STRAIGHT: Final = 0.25
"""Path efficiency over 48 candles above which the market is going somewhere."""
_TURBULENT: Final = 1.5
"""Volatility of the last day over that of the window above which nothing else matters."""


def regime_of(facts: Mapping[str, float]) -> int:
    """Return the index into `REGIMES` for the facts of a snapshot.

    Path efficiency is Kaufman's efficiency ratio ("Smarter Trading", 1995); the two borders are
    round numbers, chosen before any result was seen.

    Examples
    --------
    >>> calm = {"volatility_ratio": 1.0, "path_efficiency_48_frac": 0.4, "return_72_frac": -0.02}
    >>> REGIMES[regime_of(calm)]
    'falling'
    """
    if facts["volatility_ratio"] > _TURBULENT:
        return REGIMES.index("turbulent")
    if facts["path_efficiency_48_frac"] < _STRAIGHT:
        return REGIMES.index("ranging")
    return REGIMES.index("rising" if facts["return_72_frac"] >= 0 else "falling")
