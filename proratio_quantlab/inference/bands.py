"""Where the wallet could have gone: bands of resampled pasts around the one that happened. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import Resampler, block_length_of_ratios
from proratio_quantlab.inference.intervals import FEWEST_OBSERVATIONS

__all__ = ["Bands", "wallet_bands"]

_PATHS: Final = 1_000
"""Enough for the eye; intervals take ten times as many."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bands:
    """What 95% of the resampled pasts stay within, day by day, shape (n,) each.

    Not within on all days at once: a path leaves the band on some day more often than that.

    Parameters
    ----------
    low, middle, high
        Growth of the wallet since the start; 1 is the start.
    depth
        Drawdown that 95% of the pasts stay above, 0 to -1.
    """

    low: _Floats
    middle: _Floats
    high: _Floats
    depth: _Floats


def wallet_bands(
    returns: _Floats, *, confidence_frac: float = 0.95, paths: int = _PATHS
) -> Bands | None:
    """Return the bands of a wallet's daily returns.

    Parameters
    ----------
    returns
        Simple, finite, oldest first, shape (n,).
    confidence_frac
        Share of the pasts within, between 0 and 1.
    paths
        How many pasts are drawn.

    Returns
    -------
    Bands | None
        None for fewer than 20 returns.

    Raises
    ------
    DataError
        A return is NaN or infinite, or the confidence lies outside its range.
    """
    if not np.isfinite(returns).all() or not 0 < confidence_frac < 1:
        raise DataError("bands need finite returns and a confidence between 0 and 1")
    if len(returns) < FEWEST_OBSERVATIONS:
        return None
    resampler = Resampler(len(returns), block_length_of_ratios(returns), paths)
    growth = np.concatenate([np.cumprod((1 + returns)[p], axis=1) for p in resampler.positions()])
    high = np.maximum(np.maximum.accumulate(growth, axis=1), 1.0)
    tail = (1 - confidence_frac) / 2
    low, middle, top = np.quantile(growth, (tail, 0.5, 1 - tail), axis=0)
    depth = np.quantile(growth / high - 1, 1 - confidence_frac, axis=0)
    return Bands(low, middle, top, depth)
