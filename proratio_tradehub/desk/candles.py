"""The candles a trading process has seen, as arrays that are read one number at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.errors import RiskError
from proratio_core.values import Pair
from proratio_tradehub.risk import RecentReturns

__all__ = ["CandleBook"]

_DAY_MS = 86_400_000
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Series:
    """One pair: open times in ms, closes, returns (the first is NaN), and summed quote volume."""

    pair: Pair
    open_ms: npt.NDArray[np.int64]
    close: _Floats
    returns: _Floats
    volume_quote: _Floats


@dataclass(slots=True)
class CandleBook:
    """The candles of every pair, as of any moment: a candle is known from its close on.

    In a backtest the arrays reach into the future; no method returns anything of a candle that had
    not closed at the moment that is asked about.

    Parameters
    ----------
    candle_ms
        Length of a candle.
    window_candles
        How many returns a decision looks at.
    is_live
        Whether the arrays end at the present.
    """

    candle_ms: int
    window_candles: int
    is_live: bool = False
    _series: dict[str, _Series] = field(default_factory=dict)
    _returns: tuple[int, RecentReturns] | None = None

    def remember(self, pair: str, frame: pd.DataFrame) -> None:
        """Take the candles of `pair` in place of those known before."""
        close = frame["close"].to_numpy(np.float64)
        returns = np.full(len(close), np.nan)
        np.divide(close[1:], close[:-1], out=returns[1:], where=close[:-1] > 0.0)
        returns -= 1.0
        volume = frame["volume"].to_numpy(np.float64) * close
        self._series[pair] = _Series(
            Pair.parse(pair), open_times_ms(frame), close, returns, np.cumsum(volume)
        )
        self._returns = None

    def close_price(self, pair: str, now_ms: int) -> float:
        """Return the close of the last candle known at `now_ms`.

        Raises
        ------
        RiskError
            The pair is unknown, or none of its candles had closed.
        """
        series, last = self._last(pair, now_ms)
        return float(series.close[last])

    def last_close_ms(self, pair: str, now_ms: int) -> int:
        """Return when the last known candle closed.

        Trading, no candle is known before the exchange says it has closed: where this machine's
        clock says otherwise, the answer lies after `now_ms`.

        Raises
        ------
        RiskError
            The pair is unknown, or none of its candles had closed.
        """
        if self.is_live:
            return int(self._of(pair).open_ms[-1]) + self.candle_ms
        series, last = self._last(pair, now_ms)
        return int(series.open_ms[last]) + self.candle_ms

    def day_volume_quote(self, pair: str, now_ms: int) -> float:
        """Return what was traded in the 24 hours before the last known close, quote currency.

        Raises
        ------
        RiskError
            The pair is unknown, or none of its candles had closed.
        """
        series, last = self._last(pair, now_ms)
        first = last - _DAY_MS // self.candle_ms
        before = series.volume_quote[first] if first >= 0 else 0.0
        return float(series.volume_quote[last] - before)

    def returns(self, now_ms: int) -> RecentReturns:
        """Return the last returns of all pairs; a pair that lacks some has no figures."""
        moment = now_ms // self.candle_ms
        if self._returns is None or self._returns[0] != moment:
            self._returns = (moment, RecentReturns.of(self._windows(moment * self.candle_ms)))
        return self._returns[1]

    def _windows(self, now_ms: int) -> Mapping[Pair, _Floats]:
        nothing = np.full(self.window_candles, np.nan)
        windows: dict[Pair, _Floats] = {}
        for series in self._series.values():
            end = self._closed(series.open_ms, now_ms)
            is_current = end > 0 and series.open_ms[end - 1] == now_ms - self.candle_ms
            window = series.returns[max(end - self.window_candles, 0) : end]
            windows[series.pair] = window if is_current else nothing
        return windows

    def _closed(self, open_ms: npt.NDArray[np.int64], now_ms: int) -> int:
        """Return how many candles had closed; by arithmetic where none is missing."""
        if not len(open_ms):
            return 0
        wanted_ms = now_ms - self.candle_ms
        guess = (wanted_ms - int(open_ms[0])) // self.candle_ms
        if 0 <= guess < len(open_ms) and open_ms[guess] == wanted_ms:
            return guess + 1
        return int(np.searchsorted(open_ms, wanted_ms, "right"))

    def _last(self, pair: str, now_ms: int) -> tuple[_Series, int]:
        series = self._of(pair)
        last = self._closed(series.open_ms, now_ms) - 1
        if last < 0:
            raise RiskError(f"no candle of {pair} had closed at {now_ms} ms since the epoch")
        return series, last

    def _of(self, pair: str) -> _Series:
        series = self._series.get(pair)
        if series is None or not len(series.open_ms):
            known = ", ".join(sorted(self._series)) or "none"
            raise RiskError(f"no candles of {pair} are known here; there are those of {known}")
        return series
