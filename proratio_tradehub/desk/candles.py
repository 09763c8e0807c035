"""The candles a trading process has seen, as arrays that are read one number at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.errors import RiskError
from proratio_core.values import Pair
from proratio_tradehub.desk.positions import pair_of
from proratio_tradehub.risk import RecentReturns

__all__ = ["CandleBook"]

_DAY_MS = 86_400_000
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Series:
    """One pair: open times in ms, closes, returns (the first is NaN), and summed quote volume.

    What is read one number at a time is a view of its array that answers in Python's numbers, in a
    quarter of the time.
    """

    pair: Pair
    open_ms: Sequence[int]
    close: Sequence[float]
    returns: _Floats
    volume_quote: Sequence[float]
    is_whole: bool
    """Whether no candle is missing between the first and the last."""

    first_ms: int
    """Open time of the first; 0 when there is none."""

    @classmethod
    def of(cls, pair: str, frame: pd.DataFrame, candle_ms: int) -> _Series:
        """Return the candles of a frame."""
        open_ms, close = open_times_ms(frame), frame["close"].to_numpy(np.float64)
        returns = np.full(len(close), np.nan)
        np.divide(close[1:], close[:-1], out=returns[1:], where=close[:-1] > 0.0)
        returns -= 1.0
        volume = np.cumsum(frame["volume"].to_numpy(np.float64) * close)
        is_whole = len(open_ms) > 0 and bool((np.diff(open_ms) == candle_ms).all())
        views = open_ms.data, close.data, volume.data
        first_ms = int(open_ms[0]) if len(open_ms) else 0
        return cls(pair_of(pair), views[0], views[1], returns, views[2], is_whole, first_ms)

    def closed(self, now_ms: int, candle_ms: int) -> int:
        """Return how many candles had closed; by arithmetic where none is missing."""
        if not self.is_whole:
            return bisect_right(self.open_ms, now_ms - candle_ms)
        count = (now_ms - self.first_ms) // candle_ms
        return min(max(count, 0), len(self.open_ms))


@dataclass(frozen=True, slots=True)
class _Table:
    """The returns of all pairs side by side, for moments at which each has a whole window.

    The first candle of the returns opens at `first_ms`. Windows end at
    candles that open from `from_ms` to `to_ms`.
    """

    returns: RecentReturns
    first_ms: int
    from_ms: int
    to_ms: int

    @classmethod
    def of(cls, series: Sequence[_Series], *, candle_ms: int, window: int) -> _Table | None:
        """Return the table of several pairs; None where a candle is missing or out of step."""
        if not series or not all(one.is_whole for one in series):
            return None
        first_ms = min(one.open_ms[0] for one in series)
        starts = [divmod(one.open_ms[0] - first_ms, candle_ms) for one in series]
        if any(rest for _, rest in starts):
            return None
        width = max(
            start + len(one.open_ms) for one, (start, _) in zip(series, starts, strict=True)
        )
        values = np.full((len(series), width), np.nan)
        for row, one, (start, _) in zip(values, series, starts, strict=True):
            row[start : start + len(one.open_ms)] = one.returns
        from_ms = max(one.open_ms[0] for one in series) + (window - 1) * candle_ms
        to_ms = min(one.open_ms[-1] for one in series)
        returns = RecentReturns(tuple(one.pair for one in series), values)
        return cls(returns, first_ms, from_ms, to_ms)


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
    _table: _Table | None = None
    _is_tabled: bool = False

    def remember(self, pair: str, frame: pd.DataFrame) -> None:
        """Take the candles of `pair` in place of those known before."""
        self._series[pair] = _Series.of(pair, frame, self.candle_ms)
        self._returns = None
        self._table, self._is_tabled = None, self.is_live  # live, the next candle changes it

    def close_price(self, pair: str, now_ms: int) -> float:
        """Return the close of the last candle known at `now_ms`.

        Raises
        ------
        RiskError
            The pair is unknown, or none of its candles had closed.
        """
        series = self._series.get(pair)
        if series is not None and series.is_whole:  # asked of all that is held at every candle
            last = (now_ms - series.first_ms) // self.candle_ms - 1
            if 0 <= last < len(series.close):
                return series.close[last]
        series, last = self._last(pair, now_ms)
        return series.close[last]

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
            return self._of(pair).open_ms[-1] + self.candle_ms
        series, last = self._last(pair, now_ms)
        return series.open_ms[last] + self.candle_ms

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
        return series.volume_quote[last] - before

    def returns(self, now_ms: int) -> RecentReturns:
        """Return the last returns of all pairs; a pair that lacks some has no figures."""
        moment = now_ms // self.candle_ms
        if self._returns is None or self._returns[0] != moment:
            at_ms = moment * self.candle_ms
            recent = self._tabled(at_ms - self.candle_ms) or RecentReturns.of(self._windows(at_ms))
            self._returns = (moment, recent)
        return self._returns[1]

    def _tabled(self, open_ms: int) -> RecentReturns | None:
        """Return the returns up to a candle where every pair has a whole window, else None."""
        if not self._is_tabled:
            self._table = _Table.of(
                [*self._series.values()], candle_ms=self.candle_ms, window=self.window_candles
            )
            self._is_tabled = True
        table = self._table
        if table is None or not table.from_ms <= open_ms <= table.to_ms:
            return None
        column, rest = divmod(open_ms - table.first_ms, self.candle_ms)
        if rest:
            return None
        return table.returns.between(column + 1 - self.window_candles, column + 1)

    def _windows(self, now_ms: int) -> Mapping[Pair, _Floats]:
        nothing = np.full(self.window_candles, np.nan)
        windows: dict[Pair, _Floats] = {}
        for series in self._series.values():
            end = series.closed(now_ms, self.candle_ms)
            is_current = end > 0 and series.open_ms[end - 1] == now_ms - self.candle_ms
            window = series.returns[max(end - self.window_candles, 0) : end]
            windows[series.pair] = window if is_current else nothing
        return windows

    def _last(self, pair: str, now_ms: int) -> tuple[_Series, int]:
        series = self._of(pair)
        last = series.closed(now_ms, self.candle_ms) - 1
        if last < 0:
            raise RiskError(f"no candle of {pair} had closed at {now_ms} ms since the epoch")
        return series, last

    def _of(self, pair: str) -> _Series:
        series = self._series.get(pair)
        if series is None or not len(series.open_ms):
            known = ", ".join(sorted(self._series)) or "none"
            raise RiskError(f"no candles of {pair} are known here; there are those of {known}")
        return series
