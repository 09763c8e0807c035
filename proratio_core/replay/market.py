"""A recorded market at a moment: closed candles, the candle in progress, and the price in it.

Everything here is pure: it is computed from the recorded candles and the moment alone, so that the
ticker, the order book and the candles of every timeframe agree, now and in every repetition.
Inside a candle the price walks straight lines, a third of the time each: open, low, high, close
when it rises; open, high, low, close when it falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import OHLCV_COLUMNS, empty_frame, make_frame, open_times_ms
from proratio_core.candles.resampling import resample
from proratio_core.exchange.market_rules import MarketRules
from proratio_core.values import Pair, SeriesKind, Timeframe

__all__ = ["Candle", "RecordedMarket", "partial_candle", "path_price"]

_Times = npt.NDArray[np.int64]


class Candle(NamedTuple):
    """Open, high, low, close in the quote currency; volume in the base currency."""

    open: float
    high: float
    low: float
    close: float
    volume: float


def path_price(candle: Candle, progress_frac: float) -> float:
    """Return the price after a part of the candle's time.

    Parameters
    ----------
    candle
        A closed candle.
    progress_frac
        0 at its open, 1 at its close; values outside are clamped.

    Examples
    --------
    >>> path_price(Candle(10.0, 13.0, 9.0, 12.0, 1.0), 0.5)
    11.0
    """
    if progress_frac >= 1:
        return candle.close
    path = _path(candle)
    leg, rest = divmod(max(progress_frac, 0.0) * 3, 1)
    start, end = path[int(leg)], path[int(leg) + 1]
    return start + (end - start) * rest


def partial_candle(candle: Candle, progress_frac: float, *, price_tick: float) -> Candle:
    """Return the candle as it looked after a part of its time; all of it once the time is up.

    Parameters
    ----------
    candle
        The closed candle.
    progress_frac
        0 at its open, 1 at its close; values outside are clamped.
    price_tick
        The price so far is rounded to a multiple of it.
    """
    if progress_frac >= 1:
        return candle
    progress_frac = max(progress_frac, 0.0)
    rounded = round(round(path_price(candle, progress_frac) / price_tick) * price_tick, 10)
    price = min(max(rounded, candle.low), candle.high)
    seen = (*_path(candle)[: int(progress_frac * 3) + 1], price)
    return Candle(candle.open, max(seen), min(seen), price, candle.volume * progress_frac)


def _path(candle: Candle) -> tuple[float, float, float, float]:
    if candle.close >= candle.open:
        return candle.open, candle.low, candle.high, candle.close
    return candle.open, candle.high, candle.low, candle.close


@dataclass(frozen=True)
class _Track:
    """One timeframe's candles as arrays: open times (n,) and OHLCV (n, 5)."""

    timeframe: Timeframe
    times_ms: _Times
    values: npt.NDArray[np.float64]

    @classmethod
    def of(cls, frame: pd.DataFrame, timeframe: Timeframe) -> _Track:
        values = frame[list(OHLCV_COLUMNS)].to_numpy(np.float64)
        return cls(timeframe, open_times_ms(frame), values)

    def last_at(self, now_ms: int) -> int:
        """Return the row of the newest candle opened by `now_ms`; -1 when there is none."""
        return int(np.searchsorted(self.times_ms, now_ms, side="right")) - 1

    def covers(self, now_ms: int) -> bool:
        row = self.last_at(now_ms)
        return row >= 0 and now_ms < int(self.times_ms[row]) + self.timeframe.ms


def _no_interest() -> pd.DataFrame:
    return make_frame(np.empty(0, np.int64), {"open_interest": np.empty(0, np.float64)})


@dataclass(frozen=True)
class RecordedMarket:
    """Everything recorded of one pair.

    Parameters
    ----------
    pair
        What is traded.
    rules
        What the exchange accepts as an order.
    candles
        Candle frames by timeframe; timeframes that are missing are made from shorter ones.
    mark
        Mark price frames by timeframe (perpetuals).
    funding
        Funding rates (perpetuals).
    open_interest
        Contracts open (perpetuals): `date`, the moment stated, ascending, and `open_interest`, in
        the base currency.
    delisted_ms
        When the exchange stops trading the pair and forgets its name, ms since the epoch.
    """

    pair: Pair
    rules: MarketRules
    candles: Mapping[Timeframe, pd.DataFrame]
    mark: Mapping[Timeframe, pd.DataFrame] = field(default_factory=dict)
    funding: pd.DataFrame = field(default_factory=lambda: empty_frame(SeriesKind.FUNDING))
    open_interest: pd.DataFrame = field(default_factory=_no_interest)
    delisted_ms: int | None = None
    _tracks: dict[tuple[SeriesKind, Timeframe], _Track] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_listed(self, now_ms: int) -> bool:
        """Return whether the exchange still knows the pair at `now_ms`."""
        return self.delisted_ms is None or now_ms < self.delisted_ms

    @property
    def span_ms(self) -> tuple[int, int]:
        """First and last moment with a recorded price, ms since the epoch."""
        opened = {timeframe: open_times_ms(frame) for timeframe, frame in self.candles.items()}
        return (
            min(int(times[0]) for times in opened.values()),
            max(int(times[-1]) + timeframe.ms for timeframe, times in opened.items()),
        )

    def klines(
        self,
        timeframe: Timeframe,
        now_ms: int,
        *,
        kind: SeriesKind = SeriesKind.CANDLE,
        limit: int,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> list[tuple[int, Candle]]:
        """Return open times and candles as an exchange would at `now_ms`.

        Parameters
        ----------
        timeframe
            Length of a candle.
        now_ms
            The moment asked at; the last candle may be in progress.
        kind
            Traded or mark price candles.
        limit
            At most so many: the first from `start_ms`, or the last when it is None.
        start_ms, end_ms
            First and last open time wanted, both included.
        """
        track = self._track(kind, timeframe)
        first = 0 if start_ms is None else int(np.searchsorted(track.times_ms, start_ms))
        until = now_ms - timeframe.ms if end_ms is None else min(end_ms, now_ms - timeframe.ms)
        stop = max(first, int(np.searchsorted(track.times_ms, until, side="right")))
        rows = [
            (int(track.times_ms[i]), Candle(*track.values[i].tolist()))
            for i in (
                range(first, min(stop, first + limit))
                if start_ms is not None
                else range(max(first, stop - limit), stop)
            )
        ]
        current = self.in_progress(timeframe, now_ms, kind=kind)
        if current is None or not _within(current[0], start_ms, end_ms):
            return rows
        return [*rows, current][:limit] if start_ms is not None else [*rows, current][-limit:]

    def in_progress(
        self, timeframe: Timeframe, now_ms: int, *, kind: SeriesKind = SeriesKind.CANDLE
    ) -> tuple[int, Candle] | None:
        """Return open time and state of the candle that `now_ms` lies in; None in a gap."""
        live = self._live(now_ms, kind)
        if live is None or timeframe.ms % live.timeframe.ms:
            return None
        start_ms = now_ms - now_ms % timeframe.ms
        first, last = int(np.searchsorted(live.times_ms, start_ms)), live.last_at(now_ms)
        if last < first:
            return None
        parts = live.values[first : last + 1].copy()
        progress = (now_ms - int(live.times_ms[last])) / live.timeframe.ms
        tick = self.rules.price_tick
        parts[-1] = partial_candle(Candle(*parts[-1].tolist()), progress, price_tick=tick)
        opened, high, low, close = parts[0, 0], parts[:, 1].max(), parts[:, 2].min(), parts[-1, 3]
        values = (opened, high, low, close, parts[:, 4].sum())
        return start_ms, Candle(*(float(value) for value in values))

    def price(self, now_ms: int, *, kind: SeriesKind = SeriesKind.CANDLE) -> float | None:
        """Return the price at `now_ms`: inside a gap the last close; None before the first candle.

        Parameters
        ----------
        now_ms
            The moment, in milliseconds since the Unix epoch.
        kind
            Traded or mark price.
        """
        live = self._live(now_ms, kind)
        row = -1 if live is None else live.last_at(now_ms)
        if live is None or row < 0:
            return None
        progress = (now_ms - int(live.times_ms[row])) / live.timeframe.ms
        candle = Candle(*live.values[row].tolist())
        return partial_candle(candle, progress, price_tick=self.rules.price_tick).close

    def walks(
        self, after_ms: int, now_ms: int
    ) -> Iterator[tuple[int, int, tuple[float, float, float, float], float]]:
        """Yield start, end, the four prices and the volume of each candle from a moment to another.

        Of every timeframe recorded, the finest that covers `now_ms` is walked, like the ticker. The
        candle before the first is yielded too, so that a jump at its end is seen.
        """
        live = self._live(now_ms, SeriesKind.CANDLE)
        if live is None:
            return
        first = max(live.last_at(after_ms - 1), 0)
        for row in range(first, live.last_at(now_ms) + 1):
            start_ms = int(live.times_ms[row])
            candle = Candle(*live.values[row].tolist())
            yield start_ms, start_ms + live.timeframe.ms, _path(candle), candle.volume

    def _frames(self, kind: SeriesKind) -> Mapping[Timeframe, pd.DataFrame]:
        return self.mark if kind is SeriesKind.MARK else self.candles

    def _live(self, now_ms: int, kind: SeriesKind) -> _Track | None:
        """Return the finest track that covers `now_ms`, else the one that came closest to it."""
        tracks = [self._track(kind, frame) for frame in sorted(self._frames(kind), key=_minutes)]
        begun = [track for track in tracks if track.last_at(now_ms) >= 0]
        covering = (track for track in begun if track.covers(now_ms))
        newest = max(
            begun,
            key=lambda track: int(track.times_ms[track.last_at(now_ms)]) + track.timeframe.ms,
            default=None,
        )
        return next(covering, newest)

    def _track(self, kind: SeriesKind, timeframe: Timeframe) -> _Track:
        """Return the recorded candles of a timeframe, or those made from the finest that fits."""
        if (kind, timeframe) not in self._tracks:
            frames = self._frames(kind)
            fitting = [t for t in sorted(frames, key=_minutes) if timeframe.ms % t.ms == 0]
            if timeframe in frames:
                frame = frames[timeframe]
            elif fitting:
                frame = resample(frames[fitting[0]], fitting[0], timeframe)
            else:
                frame = empty_frame()
            self._tracks[kind, timeframe] = _Track.of(frame, timeframe)
        return self._tracks[kind, timeframe]


def _minutes(timeframe: Timeframe) -> int:
    return timeframe.minutes


def _within(time_ms: int, start_ms: int | None, end_ms: int | None) -> bool:
    return (start_ms is None or time_ms >= start_ms) and (end_ms is None or time_ms <= end_ms)
