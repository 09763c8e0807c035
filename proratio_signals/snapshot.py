"""What was known at one moment: the last candles closed by then, and the facts they give.

A snapshot depends on exactly the `WINDOW_CANDLES` candles that end at `as_of`: more history or
later candles never change it, so a backtest, a backfill and the live service see the same. Its hash
covers what goes in (version of the arithmetic, series, moment, candles, and what is known of a
perpetual besides), which identifies what comes out and costs a tenth of computing it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from proratio_core.candles.frame import OHLCV_COLUMNS, open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey
from proratio_signals.derivatives import Derivatives, DerivativesHistory
from proratio_signals.facts import Candles, measure

__all__ = [
    "RECENT_CANDLES",
    "WINDOW_CANDLES",
    "Moment",
    "Shown",
    "Snapshot",
    "Windows",
    "take_snapshot",
]

WINDOW_CANDLES: Final = 240
"""How far back a snapshot sees: ten days of hourly candles."""

RECENT_CANDLES: Final = 24
"""How many of them a prompt shows one by one."""

_VERSION: Final = 1
"""Raised whenever the same candles give other facts."""


class Moment(Protocol):
    """A time as a prompt writes it."""

    def strftime(self, format: str, /) -> str:  # noqa: A002  # datetime's own name
        """Return the time in the given format."""
        ...


class Shown(Protocol):
    """What prompts are made of: a snapshot, one read back from the ledger, or a blind one."""

    @property
    def key(self) -> SeriesKey:
        """The series."""
        ...

    @property
    def as_of(self) -> Moment:
        """Close time of the judged candle."""
        ...

    @property
    def facts(self) -> Mapping[str, float]:
        """Every fact by name."""
        ...

    @property
    def recent(self) -> Sequence[Sequence[float]]:
        """The last candles as rows of open, high, low, close, volume, oldest first."""
        ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The facts a prompt may use; equal when its hash is.

    Parameters
    ----------
    key
        The series.
    as_of
        Close time of the judged candle, the last of the window.
    candles
        The window, oldest first, each column of shape (WINDOW_CANDLES,).
    derivatives
        What is known of a perpetual besides; None where nothing is, or the panel is not shown it.
    """

    key: SeriesKey
    as_of: datetime
    candles: Candles
    derivatives: Derivatives | None = None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything the snapshot depends on, in hexadecimal."""
        head = f"proratio snapshot {_VERSION}\n{self.key}\n{to_ms(self.as_of)}\n"
        digest = hashlib.sha256(head.encode())
        for column in self.candles:
            digest.update(column.astype("<f8", copy=False).tobytes())
        if self.derivatives is not None:  # without, the hash is what it was before there were any
            digest.update(b"derivatives" + self.derivatives.encoded)
        return digest.hexdigest()

    @cached_property
    def facts(self) -> Mapping[str, float]:
        """Every fact by name; see `facts.py` and `derivatives.py` for their meaning."""
        more = {} if self.derivatives is None else self.derivatives.facts
        return MappingProxyType({**measure(self.candles), **more})

    @cached_property
    def recent(self) -> tuple[tuple[float, ...], ...]:
        """The last candles as rows of open, high, low, close, volume, oldest first."""
        last = (column[-RECENT_CANDLES:].tolist() for column in self.candles)
        return tuple(zip(*last, strict=True))

    @property
    def document(self) -> dict[str, Any]:
        """The snapshot as the ledger keeps it, for JSON."""
        return {
            "version": _VERSION,
            "series": str(self.key),
            "as_of": self.as_of.isoformat(),
            "window_candles": WINDOW_CANDLES,
            "facts": dict(self.facts),
            "recent": self.recent,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)


class Windows:
    """Every window of one series, cut from a frame that is converted once.

    Parameters
    ----------
    frame
        A valid candle frame: open times unique and ascending.
    key
        The series it is of.
    derivatives
        Funding and open interest, where they are shown.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        key: SeriesKey,
        derivatives: DerivativesHistory | None = None,
    ) -> None:
        self._key = key
        self._derivatives = derivatives
        self._times = open_times_ms(frame)
        self._columns = [frame[name].to_numpy(dtype=np.float64) for name in OHLCV_COLUMNS]

    def at(self, as_of: datetime) -> Snapshot:
        """Return the snapshot of the candle that closes at `as_of`.

        Raises
        ------
        DataError
            The candle is not there, too little history stands before it, a candle of the window
            is missing, or a price is not a positive number.
        """
        step = self._key.timeframe.ms
        last_open = to_ms(as_of) - step
        end = int(np.searchsorted(self._times, last_open, side="right"))
        if not end or self._times[end - 1] != last_open:
            raise DataError(
                f"{self._key}: no candle closes at {as_of:%Y-%m-%d %H:%M %Z}; download it, or ask "
                "about the close of a stored candle"
            )
        start = max(0, end - WINDOW_CANDLES)
        if last_open - self._times[start] != (end - 1 - start) * step:
            raise DataError(
                f"{self._key}: candles are missing in the {WINDOW_CANDLES} before "
                f"{as_of:%Y-%m-%d %H:%M %Z}; there is no signal across a gap"
            )
        if end - start < WINDOW_CANDLES:
            raise DataError(
                f"{self._key}: {end} candles close by {as_of:%Y-%m-%d %H:%M %Z}, a snapshot needs "
                f"{WINDOW_CANDLES}; download earlier ones"
            )
        candles = Candles(*(column[start:end].copy() for column in self._columns))
        if not all(np.isfinite(c).all() for c in candles) or candles.low.min() <= 0:
            raise DataError(
                f"{self._key}: a candle before {as_of:%Y-%m-%d %H:%M %Z} has a price that is not a "
                "positive number; run `proratio data verify`"
            )
        more = None if self._derivatives is None else self._derivatives.at(as_of)
        return Snapshot(self._key, as_of, candles, more)


def take_snapshot(
    frame: pd.DataFrame,
    key: SeriesKey,
    as_of: datetime,
    *,
    derivatives: DerivativesHistory | None = None,
) -> Snapshot:
    """Return the snapshot of the candle of `frame` that closes at `as_of`.

    Parameters
    ----------
    frame
        A candle frame of the series; it may reach further on both sides.
    key
        The series.
    as_of
        Close time of the judged candle, timezone-aware.
    derivatives
        Funding and open interest, where they are shown.

    Raises
    ------
    DataError
        The window is not complete; see `Windows.at`.
    """
    return Windows(frame, key, derivatives).at(as_of)
