"""How volume is usually spread over a day, and what of it falls to each slice. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["usual_shares"]

_DAY_MS: Final = 86_400_000
_DAYS: Final = 14

_Times = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


def usual_shares(
    open_ms: _Times,
    volume: _Floats,
    *,
    candle_ms: int,
    start_ms: int,
    over_s: float,
    slices: int,
) -> tuple[float, ...]:
    """Return the share of each slice in the volume that is usual at its time of day.

    The usual volume of a moment is the mean of the candles that hold the same time of day, over
    the two weeks that closed before the entry. Slices inside one candle therefore share alike,
    and all do where nothing is known.

    Parameters
    ----------
    open_ms, volume
        Of the candles known, in order of time; later ones are not looked at.
    candle_ms
        Length of a candle.
    start_ms
        When the entry begins.
    over_s, slices
        How long it takes, and in how many parts.

    Examples
    --------
    >>> hours = np.arange(48) * 3_600_000
    >>> busy = np.where(np.arange(48) % 24 == 1, 3.0, 1.0)
    >>> usual_shares(
    ...     hours, busy, candle_ms=3_600_000, start_ms=86_400_000, over_s=7_200, slices=2
    ... )
    (0.25, 0.75)
    """
    closed = (open_ms + candle_ms <= start_ms) & (open_ms >= start_ms - _DAYS * _DAY_MS)
    places = (open_ms[closed] % _DAY_MS) // candle_ms
    count = max(1, _DAY_MS // candle_ms)
    sums = np.bincount(places, weights=volume[closed], minlength=count)
    seen = np.bincount(places, minlength=count)
    usual = np.divide(sums, seen, out=np.zeros(len(sums)), where=seen > 0)
    middles = start_ms + (np.arange(slices) + 0.5) * over_s * 1_000.0 / slices
    expected = usual[((middles % _DAY_MS) // candle_ms).astype(np.int64)]
    if not (expected > 0.0).all():
        return (1.0 / slices,) * slices
    return tuple(float(share) for share in expected / expected.sum())
