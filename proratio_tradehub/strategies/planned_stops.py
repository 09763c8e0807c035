"""A stop plan on Freqtrade's trades: the pure plan decides, this reads the candles for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import talib

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.values import Timeframe
from proratio_tradehub.risk import Side
from proratio_tradehub.risk.stops import StopPlan, fixed_stop, nearer

__all__ = ["PlannedStops"]

_ATR_CANDLES: Final = 14
_ATR_WARM_UP_CANDLES: Final = 150
"""After so many, what Wilder's average began with weighs less than 1e-4 of it."""

_COLUMN: Final = "stop_atr"
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Series:
    """One pair: open times in ms, highs, lows, average true ranges (NaN while warming up)."""

    open_ms: npt.NDArray[np.int64]
    high: _Floats
    low: _Floats
    atr: _Floats


class PlannedStops:
    """Keeps the stops of one strategy's positions where its plan has them.

    The stop during a candle rests on candles that closed before it, in a backtest and in trading.

    Parameters
    ----------
    plan
        What the strategy states.
    timeframe
        Of its candles.
    """

    def __init__(self, plan: StopPlan, timeframe: str) -> None:
        self._plan = plan
        self._candle_ms = Timeframe(timeframe).ms
        self._series: dict[str, _Series] = {}

    @property
    def startup_candles(self) -> int:
        """Candles before the first entry that the plan needs."""
        return 0 if self._plan.atr_multiple is None else _ATR_WARM_UP_CANDLES

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with the average true range, where the plan asks for it."""
        if self._plan.atr_multiple is None:
            return frame
        atr = talib.ATR(frame["high"], frame["low"], frame["close"], _ATR_CANDLES)
        return frame.assign(**{_COLUMN: atr})

    def remember(self, pair: str, frame: pd.DataFrame) -> None:
        """Take the analysed candles of `pair` in place of those known before."""
        unknown = np.full(len(frame), np.nan)
        atr = frame[_COLUMN].to_numpy(np.float64) if _COLUMN in frame else unknown
        high, low = (frame[name].to_numpy(np.float64) for name in ("high", "low"))
        self._series[pair] = _Series(open_times_ms(frame), high, low, atr)

    def first_stop(
        self, pair: str, side: Side, price: float, *, at: datetime, fixed_frac: float
    ) -> float:
        """Return the stop price a position begins with.

        Parameters
        ----------
        pair, side, price
            The entry, in quote currency.
        at
            When it is made, UTC; the range is that of the last candle closed by then.
        fixed_frac
            Distance of Freqtrade's own stop as a fraction of the price, which stands in any case.
        """
        planned = self._plan.first_stop(side, price, self._atr(pair, to_ms(at)))
        return nearer(side, fixed_stop(side, price, fixed_frac), planned)

    def move(self, trade: Any, now: datetime, *, fixed_frac: float) -> None:
        """Move the stop of a trade to where it belongs at `now`, never further away."""
        side, entry = Side.SHORT if trade.is_short else Side.LONG, float(trade.open_rate)
        first = self.first_stop(
            trade.pair, side, entry, at=trade.open_date_utc, fixed_frac=fixed_frac
        )
        best, stop = self._best(trade, side, to_ms(now)), first
        if best is not None:
            stop = self._plan.moved_stop(side, entry, best_price=best, stop_price=first)
        is_set = trade.initial_stop_loss_pct is not None
        if is_set and nearer(side, trade.stop_loss, stop) == trade.stop_loss:
            return
        reference = entry if best is None else best
        distance_frac = side.sign * (1.0 - stop / reference)
        margin_frac = distance_frac * (trade.leverage or 1.0)  # what Freqtrade counts stops in
        trade.adjust_stop_loss(reference, margin_frac, allow_refresh=stop == first)

    def _atr(self, pair: str, now_ms: int) -> float | None:
        series = self._series.get(pair)
        last = -1 if series is None else self._closed(series, now_ms) - 1
        if series is None or last < 0 or series.open_ms[last] + 2 * self._candle_ms <= now_ms:
            return None  # the candle before the entry is not known, or no more
        return float(series.atr[last])

    def _best(self, trade: Any, side: Side, now_ms: int) -> float | None:
        """Return the best price of a position in the candles closed since it was entered, if any.

        Of the candle of the entry it is at most what Freqtrade saw after the entry, which in
        trading is later than the candle's open.
        """
        entry, series = float(trade.open_rate), self._series.get(trade.pair)
        if series is None:
            return None
        opened_ms = to_ms(trade.open_date_utc)
        first_ms = opened_ms - opened_ms % self._candle_ms
        first = int(np.searchsorted(series.open_ms, first_ms))
        bests = (series.high if side is Side.LONG else series.low)[
            first : self._closed(series, now_ms)
        ]
        if not len(bests):
            return None
        seen = (trade.max_rate if side is Side.LONG else trade.min_rate) or entry
        sign = side.sign
        rest = sign * np.nanmax(sign * bests[1:], initial=sign * entry)
        return sign * max(sign * entry, min(sign * float(bests[0]), sign * seen), sign * rest)

    def _closed(self, series: _Series, now_ms: int) -> int:
        """Return how many candles had closed."""
        return int(np.searchsorted(series.open_ms, now_ms - self._candle_ms, "right"))
