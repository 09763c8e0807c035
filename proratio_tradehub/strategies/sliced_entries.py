"""Entries in slices through Freqtrade's position adjustment: what is due, on its own trades."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.values import Timeframe
from proratio_tradehub.execution import (
    Execution,
    Style,
    first_stake,
    is_over,
    next_stake,
    parse_execution,
    usual_shares,
)
from proratio_tradehub.halts import Mode
from proratio_tradehub.strategies.guards import guard_callbacks, reads_only
from proratio_tradehub.strategies.live_start import bot_ended_by_configuration
from proratio_tradehub.strategies.order_opening import LiveOrders

__all__ = ["ExecutedEntries", "SlicedEntries", "prepare_execution"]

_WHOLE: Final = "execution_whole_quote"
_OVER: Final = "execution_over"
_SAME_ENTRY_S: Final = 300.0
_Candles = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


def prepare_execution(strategy: Any, config: dict[str, Any]) -> SlicedEntries:
    """Return how a strategy enters, and set what Freqtrade has to know of it.

    Raises
    ------
    ConfigurationError
        The execution is not one, or slices are stated for a strategy that adds to its positions
        by itself.
    OperationalException
        The same of a bot.
    """
    with bot_ended_by_configuration(config):
        execution = _stated_execution(strategy, config)
    strategy.position_adjustment_enable |= execution.style.is_sliced
    strategy.order_types = dict(strategy.order_types)  # a backtest writes into its strategy's
    if execution.order == "market":
        strategy.order_types["entry"] = "market"
        config["entry_pricing"] = {**config.get("entry_pricing", {}), "price_side": "other"}
    host = weakref.proxy(strategy)  # its timeframe may still be changed
    return SlicedEntries(execution, timeframe=lambda: Timeframe(host.timeframe))


def _stated_execution(strategy: Any, config: dict[str, Any]) -> Execution:
    execution = parse_execution(config.get("proratio", {}).get("execution"))
    if execution.style.is_sliced and strategy.position_adjustment_enable:
        raise ConfigurationError(
            f"{type(strategy).__name__} adds to its positions by itself and cannot be executed as "
            f'{execution.style}; choose {{"style": "limit"}} or "market", or another strategy'
        )
    return execution


class SlicedEntries:
    """Splits the stake of each entry, and says when the next slice is due.

    The whole stake of an entry is kept with its trade, so that a restart goes on with the rest.

    Parameters
    ----------
    execution
        The style.
    timeframe
        Returns that of the strategy's candles.
    """

    def __init__(self, execution: Execution, *, timeframe: Callable[[], Timeframe]) -> None:
        self._execution = execution
        self._timeframe = timeframe
        self._wholes: dict[str, tuple[float, datetime]] = {}
        self._candles: dict[str, _Candles] = {}

    def remember(self, pair: str, frame: pd.DataFrame) -> None:
        """Take the candles of a pair, whose volume a schedule may go by."""
        if self._execution.style is Style.VWAP:
            self._candles[pair] = (open_times_ms(frame), frame["volume"].to_numpy(np.float64))

    def first(self, pair: str, stake: float, *, min_stake: float, now: datetime) -> float:
        """Return what the first order of an entry stakes of all that it may stake."""
        if not self._execution.style.is_sliced or not stake > 0.0:
            return stake
        self._wholes[pair] = (stake, now)
        shares = self._shares(pair, now)
        return first_stake(self._execution, stake, shares=shares, min_stake=min_stake)

    def following(
        self, trade: Any, now: datetime, *, min_stake: float, max_stake: float
    ) -> float | None:
        """Return the stake of the next slice of a trade's entry; None when none is due.

        An exit, whole or in part, ends the entry; so does the time.
        """
        if not self._execution.style.is_sliced or trade.has_open_orders:
            return None
        elapsed_s = (now - trade.open_date_utc).total_seconds()
        if is_over(self._execution, elapsed_s, candle_s=self._timeframe().ms / 1_000):
            return None
        if trade.nr_of_successful_exits or trade.get_custom_data(_OVER):
            return None
        whole = self._whole(trade)
        if whole is None:
            return None
        stake = next_stake(
            self._execution,
            whole,
            spent=float(trade.stake_amount),
            elapsed_s=elapsed_s,
            shares=self._shares(trade.pair, trade.open_date_utc),
            min_stake=min_stake,
        )
        return min(stake, max_stake) or None

    def end(self, trade: Any) -> None:
        """Let the entry of a trade be over with what it has."""
        trade.set_custom_data(_OVER, value=True)

    def _whole(self, trade: Any) -> float | None:
        """Return what a trade's entry may stake in all; None where nobody remembers."""
        kept = trade.get_custom_data(_WHOLE)
        if kept is not None:
            return float(kept)
        whole, at = self._wholes.get(trade.pair, (0.0, None))
        if at is None or abs((trade.open_date_utc - at).total_seconds()) > _SAME_ENTRY_S:
            return None
        trade.set_custom_data(_WHOLE, whole)
        return whole

    def _shares(self, pair: str, start: datetime) -> tuple[float, ...]:
        slices = self._execution.slices
        known = self._candles.get(pair)
        if known is None:
            return (1.0 / slices,) * slices
        return usual_shares(
            *known,
            candle_ms=self._timeframe().ms,
            start_ms=to_ms(start),
            over_s=self._execution.over_s,
            slices=slices,
        )


class ExecutedEntries:
    """A strategy's part in it: Freqtrade asks in every loop whether to add to a position."""

    _orders: LiveOrders | None
    _slices: SlicedEntries
    _risk_layer: Callable[[], Any]
    limit_adjustment: Callable[..., Any]

    def adjust_trade_position(self, *_: Any, **asked: Any) -> Any:
        """Return the stake of an entry's next slice, under every limit; a halt ends the entry."""
        trade = asked["trade"]
        wish = self._slices.following(
            trade,
            asked["current_time"],
            min_stake=asked["min_stake"] or 0.0,
            max_stake=asked["max_stake"],
        )
        if not wish:
            return None
        if self._risk_layer().desk.standing().mode is not Mode.TRADING:
            self._slices.end(trade)
            return None
        return self.limit_adjustment(wish, **asked)

    @reads_only
    def check_entry_timeout(self, **asked: Any) -> bool:
        """Return whether an open entry is to be taken back before its time."""
        return self.limit_entry_wait(wish=False, **asked)

    def limit_entry_wait(
        self,
        wish: bool,  # the answer of a callback
        *,
        order: Any,
        current_time: datetime,
        **_: Any,
    ) -> bool:
        """Return whether an open entry is taken back: as wished, halted, or a part has no stop.

        Freqtrade asks this in every loop, where it asks for another price with a new candle only:
        an entry that waits must not be filled in the hour after a halt.
        """
        if wish or self._risk_layer().desk.standing().mode is not Mode.TRADING:
            return True
        return self._orders is not None and self._orders.partial.is_overdue(order, current_time)

    def _is_frozen(self, pair: str) -> bool:
        """Return whether nobody knows what became of an order of this pair."""
        return self._orders is not None and self._orders.desk.is_frozen(pair)


guard_callbacks(ExecutedEntries)
