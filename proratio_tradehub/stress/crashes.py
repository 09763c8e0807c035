"""The crashes that real candles remember. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from proratio_core.errors import DataError
from proratio_core.values import Timerange

__all__ = ["CRASHES", "Crash", "deepest_fall_frac", "find_crash"]


@dataclass(frozen=True, slots=True)
class Crash:
    """A fall of the whole market, with the days before and after it.

    Parameters
    ----------
    name
        Year and month, as the command line calls it.
    about
        What happened.
    timerange
        Open times of the candles that are replayed.
    """

    name: str
    about: str
    timerange: Timerange


def _from(year: int, month: int, day: int) -> Timerange:
    start = datetime(year, month, day, tzinfo=UTC)
    return Timerange(start, start + timedelta(days=15))


CRASHES: Final = (
    Crash("2020-03", "the pandemic reaches every market", _from(2020, 3, 5)),
    Crash("2021-05", "leverage unwinds as China bans miners", _from(2021, 5, 12)),
    Crash("2022-06", "Celsius stops withdrawals, Three Arrows fails", _from(2022, 6, 6)),
    Crash("2022-11", "FTX fails", _from(2022, 11, 3)),
    Crash("2024-08", "the yen carry trade unwinds", _from(2024, 7, 29)),
    Crash("2025-10", "record liquidations within an hour", _from(2025, 10, 3)),
)
"""Oldest first; each starts about a week before its worst day."""


def find_crash(name: str) -> Crash:
    """Return the crash called `name`.

    Raises
    ------
    DataError
        There is none of that name.
    """
    for crash in CRASHES:
        if crash.name == name:
            return crash
    raise DataError(
        f"crash {name!r} is unknown; there are {', '.join(crash.name for crash in CRASHES)}"
    )


def deepest_fall_frac(frame: pd.DataFrame) -> float:
    """Return the largest fall from a high to a later low, 0 to 1; 0 without candles.

    Parameters
    ----------
    frame
        Candles; within one, the high counts as the earlier.
    """
    if frame.empty:
        return 0.0
    highs = np.maximum.accumulate(frame["high"].to_numpy(np.float64))
    return float((1 - frame["low"].to_numpy(np.float64) / highs).max())
