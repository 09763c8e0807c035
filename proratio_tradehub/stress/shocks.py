"""Shocks put upon a market that never was: what a history of ten years may not have held yet. Pure.

Each takes candle frames of the simulated market and returns new ones; candles before the shock stay
as they are, and every candle keeps its geometry (low <= open, close <= high).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.values import Pair

__all__ = ["SHOCKS", "Market", "Shock"]

Market = Mapping[Pair, pd.DataFrame]
"""Pair -> candle frame; all of the same length and times."""

_Floats = npt.NDArray[np.float64]

_PRICES = ["open", "high", "low", "close"]


@dataclass(frozen=True, slots=True)
class Shock:
    """Something that happens to a market.

    Parameters
    ----------
    name
        As the command line calls it.
    about
        What it does, in a few words.
    strike
        The market and the row at which it happens -> the market afterwards.
    """

    name: str
    about: str
    strike: Callable[[Market, int], Market]


def _gap(market: Market, row: int) -> Market:
    return {pair: _moved(frame, row, factor=0.80) for pair, frame in market.items()}


def _flash_crash(market: Market, row: int) -> Market:
    return {pair: _pierced(frame, row) for pair, frame in market.items()}


def _liquidity_hole(market: Market, row: int) -> Market:
    return {pair: _drained(frame, row) for pair, frame in market.items()}


def _outage(market: Market, row: int) -> Market:
    kept = {pair: _moved(frame, row, factor=0.85) for pair, frame in market.items()}
    return {
        pair: frame.drop(index=range(row - 24, row)).reset_index(drop=True)
        for pair, frame in kept.items()
    }


def _one_market(market: Market, row: int) -> Market:
    """Let every pair do from `row` on what the first does, and that fall by a third in a day."""
    leader = next(iter(market.values()))
    fall = np.ones(len(leader))
    fall[row:] = 0.67 ** np.minimum((np.arange(len(leader) - row) + 1) / 24, 1.0)
    before = float(leader["close"].to_numpy(np.float64)[row - 1])
    path = {name: leader[name].to_numpy(np.float64) / before for name in _PRICES}
    path["open"] = path["open"] * np.concatenate(([1.0], fall[:-1]))
    path["close"] = path["close"] * fall
    path["low"] = np.minimum(path["low"] * fall, np.minimum(path["open"], path["close"]))
    path["high"] = np.maximum(path["high"] * fall, np.maximum(path["open"], path["close"]))
    return {pair: _replaced(frame, row, path) for pair, frame in market.items()}


SHOCKS: Final = (
    Shock("gap", "every pair opens 20 % below its last close", _gap),
    Shock(
        "flash-crash", "every pair trades 40 % lower within one candle and comes back", _flash_crash
    ),
    Shock(
        "liquidity-hole", "for a day ranges treble on a hundredth of the volume", _liquidity_hole
    ),
    Shock("outage", "the exchange is away for a day and opens 15 % lower", _outage),
    Shock(
        "correlation-to-one", "every pair follows the first, down by a third in a day", _one_market
    ),
)


def _moved(frame: pd.DataFrame, row: int, *, factor: float) -> pd.DataFrame:
    """Return the frame with every price from `row` on multiplied."""
    factors = np.where(np.arange(len(frame)) >= row, factor, 1.0)
    return frame.assign(**{name: frame[name] * factors for name in _PRICES})


def _pierced(frame: pd.DataFrame, row: int) -> pd.DataFrame:
    factors = np.where(np.arange(len(frame)) == row, 0.6, 1.0)
    return frame.assign(low=frame["low"] * factors)


def _drained(frame: pd.DataFrame, row: int) -> pd.DataFrame:
    rows = np.arange(len(frame))
    hole = (rows >= row) & (rows < row + 24)  # a day of hours
    upper, lower = (
        np.maximum(frame["open"], frame["close"]),
        np.minimum(frame["open"], frame["close"]),
    )
    high = upper + 3 * (frame["high"] - upper)
    low = np.maximum(lower - 3 * (lower - frame["low"]), lower * 0.5)
    return frame.assign(
        high=np.where(hole, high, frame["high"]),
        low=np.where(hole, low, frame["low"]),
        volume=np.where(hole, frame["volume"] * 0.01, frame["volume"]),
    )


def _replaced(frame: pd.DataFrame, row: int, path: Mapping[str, _Floats]) -> pd.DataFrame:
    """Return the frame that follows `path`, 1 at its close before `row`, from there on."""
    level = float(frame["close"].to_numpy(np.float64)[row - 1])
    later = np.arange(len(frame)) >= row
    return frame.assign(
        **{name: np.where(later, path[name] * level, frame[name]) for name in _PRICES}
    )
