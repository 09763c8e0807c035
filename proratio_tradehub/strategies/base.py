"""The adapter between a pure entry rule and Freqtrade; every callback of it fails closed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from types import MethodType
from typing import Any, ClassVar

import pandas as pd
from freqtrade.enums import TRADE_MODES
from freqtrade.strategy import IStrategy
from msgspec.structs import replace

from proratio_core.errors import RiskError
from proratio_tradehub.desk import Entry
from proratio_tradehub.halts import Mode
from proratio_tradehub.risk import ScoredHistory, Side
from proratio_tradehub.risk.stops import StopPlan
from proratio_tradehub.strategies.enforcement import enforce_limits
from proratio_tradehub.strategies.guards import guard_callbacks, reads_only
from proratio_tradehub.strategies.hyperopt import current_rule, offer_parameters, starting_rule
from proratio_tradehub.strategies.live_start import check_live_start
from proratio_tradehub.strategies.order_opening import LiveOrders, open_orders
from proratio_tradehub.strategies.parameters import parameters_of, set_parameters
from proratio_tradehub.strategies.planned_stops import PlannedStops
from proratio_tradehub.strategies.recorded import note_candidate, note_order
from proratio_tradehub.strategies.risk_layer import SimulatedRisk
from proratio_tradehub.strategies.risk_opening import Risk, open_risk
from proratio_tradehub.strategies.rules import RULES, Rule
from proratio_tradehub.strategies.sliced_entries import ExecutedEntries, prepare_execution

__all__ = ["RuleStrategy"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class RuleStrategy(ExecutedEntries, IStrategy):  # type: ignore[misc]  # Freqtrade is not typed for us
    """A Freqtrade strategy whose signals are those of a `Rule`.

    A subclass in `user_data/strategies` states its timeframe, stop-loss and take-profit and, when
    it is not one of the built-in strategies, its `rule`. Each callback a subclass defines is
    guarded: an exception in it refuses the entry instead of allowing it (see `guards.py`), and
    what it answers passes the limits of the risk profile (see `enforcement.py`).

    The profile comes from the configuration (`"proratio": {"risk": "proratio"}`) or from
    `PRORATIO_RISK_PROFILE`. It sizes each stake, is asked again at the final price, and halts.

    A subclass that states a plan in `stops` has its stop moved by it, from the fixed one on and
    only ever nearer; without a plan nothing is paid for one.
    """

    INTERFACE_VERSION = 3
    rule: Rule
    stops: StopPlan | None = None
    can_short = False
    process_only_new_candles = True
    use_exit_signal = True
    order_types: ClassVar[dict[str, Any]] = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "market",
        "stoploss_on_exchange": True,
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "rule" not in cls.__dict__ and cls.__name__ in RULES:
            cls.rule = RULES[cls.__name__]
        if hasattr(cls, "rule"):
            cls.startup_candle_count = cls.rule.startup_candles
            offer_parameters(cls, cls.rule)
        if cls.stops is not None:
            cls.use_custom_stoploss = True  # lets the stop on the exchange follow
        enforce_limits(cls)
        guard_callbacks(cls)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        if hasattr(self, "rule"):
            self.rule, self.startup_candle_count = starting_rule(self, type(self).rule)
        self._risk: Risk | None = None
        self._orders: LiveOrders | None = None
        self._slices = prepare_execution(self, config)
        self._leverages: dict[str, float] = {}
        self._staked: Entry | None = None
        given = config.get("proratio", {}).get("parameters", {})
        self.parameters_known = frozenset(parameters_of(getattr(self, "rule", None)))
        self.parameters_taken = self.parameters_known & set(given)
        if self.parameters_taken:
            self.rule = set_parameters(self.rule, given)
            self.startup_candle_count = self.rule.startup_candles
        self._planned = None if self.stops is None else PlannedStops(self.stops, self.timeframe)
        if self._planned is not None:
            needed = self._planned.startup_candles
            self.startup_candle_count = max(self.startup_candle_count, needed)

    def populate_indicators(self, frame: pd.DataFrame, _: dict[str, Any]) -> pd.DataFrame:
        """Add the rule's indicators."""
        self.rule = current_rule(self, self.rule)  # hyperopt changes parameters between epochs
        return self.rule.indicators(frame)

    def populate_entry_trend(self, frame: pd.DataFrame, _: dict[str, Any]) -> pd.DataFrame:
        """Mark the rule's candidates as entries."""
        return frame.assign(enter_long=self.rule.candidates(frame).astype("int8"))

    def populate_exit_trend(self, frame: pd.DataFrame, _: dict[str, Any]) -> pd.DataFrame:
        """Mark the rule's exits."""
        return frame.assign(exit_long=self.rule.exits(frame).astype("int8"))

    def ft_bot_start(self, **given: Any) -> None:
        """Refuse to start where orders must not be sent; else start as Freqtrade does."""
        check_live_start(self)
        super().ft_bot_start(**given)

    def bot_start(self, **_: Any) -> None:
        """Open the risk desk and, where orders are sent, theirs; without them there is no entry."""
        self._risk = None  # until this one is open, whatever an earlier start left
        self._orders = open_orders(self, note_order)
        self._risk = open_risk(self)
        if self._orders is not None:
            self._orders.attend()
        if self._planned is None and isinstance(self._risk, SimulatedRisk):
            self._leave_exits_to_freqtrade()

    def bot_loop_start(self, *, current_time: datetime, **_: Any) -> None:
        """Take note of equity, once a candle in a backtest, once a loop in trading.

        Where orders are sent, ask first what became of those whose reply did not come.
        """
        if self._orders is not None:
            self._orders.attend()
        try:
            (self._risk or self._risk_layer()).observe(current_time)
        except RiskError as error:  # each entry will be refused for it, and counted
            _log.warning("risk: %s", error)

    def advise_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add what the stop plan needs beside the rule's indicators."""
        advised: pd.DataFrame = super().advise_indicators(dataframe, metadata)
        return advised if self._planned is None else self._planned.indicators(advised)

    def advise_entry(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Let the risk desk know the candles that are judged here."""
        if self._risk is not None:
            self._risk.candles.remember(metadata["pair"], dataframe)
        if self._planned is not None:
            self._planned.remember(metadata["pair"], dataframe)
        self._slices.remember(metadata["pair"], dataframe)
        advised: pd.DataFrame = super().advise_entry(dataframe, metadata)
        note_candidate(self, metadata["pair"], advised)
        return advised

    @property
    def refused_entries(self) -> Mapping[str, int]:
        """Entries the risk profile refused in this run, by the rule that decided."""
        return {} if self._risk is None else self._risk.desk.refused.counts

    def confidence(self, pair: str, entry_tag: str | None) -> float:  # noqa: ARG002  # for subclasses
        """Return the confidence, 0..1, in an entry; a rule alone has no doubts."""
        return 1.0

    def is_approved(self, pair: str, current_time: datetime, entry_tag: str | None) -> bool:  # noqa: ARG002  # for subclasses
        """Return whether whoever has a say besides the risk profile approves of this entry."""
        return True

    def is_degraded(self, pair: str, entry_tag: str | None) -> bool:  # noqa: ARG002  # for subclasses
        """Return whether the consensus behind an entry lacks a voter."""
        return False

    def scored_history(
        self,
        pair: str,  # noqa: ARG002  # for subclasses
        entry_tag: str | None,  # noqa: ARG002  # for subclasses
        current_time: datetime,  # noqa: ARG002  # for subclasses
    ) -> ScoredHistory | None:
        """Return what entries like this one had come to by now, after costs; None when unscored."""
        return None

    def target_frac(self, pair: str, entry_tag: str | None) -> float | None:  # noqa: ARG002  # for subclasses
        """Return how far the price is hoped to move: the take-profit's share of it, or None."""
        targets = [profit for profit in self.minimal_roi.values() if 0.0 < profit < 1.0]
        return max(targets) / self._leverages.get(pair, 1.0) if targets else None

    def ft_stoploss_adjust(
        self, current_rate: float, trade: Any, current_time: datetime, *rest: Any, **named: Any
    ) -> None:
        """Set the fixed stop as Freqtrade does, then move it to where the plan has it.

        Not `custom_stoploss`: Freqtrade asks that no more once a candle has reached the old stop,
        and clips its answer to the candle, so that a gap would be filled at a price never seen.
        """
        super().ft_stoploss_adjust(current_rate, trade, current_time, *rest, **named)
        if self._planned is not None:
            self.move_stop(trade, current_time)

    def move_stop(self, trade: Any, now: datetime) -> None:
        """Move a position's stop by the plan; an error leaves it where it is."""
        if self._planned is not None:
            self._planned.move(trade, now, fixed_frac=self._fixed_frac(trade.leverage or 1.0))

    @reads_only
    def custom_stoploss(self, **_: Any) -> float | None:
        """Leave the stop where the plan has put it."""
        return None

    @reads_only
    def custom_exit(self, *, pair: str, trade: Any, current_time: datetime, **_: Any) -> str | None:  # noqa: ARG002  # as Freqtrade asks
        """Return the reason to leave when the plan's time is up."""
        is_overdue = self.stops is not None and self.stops.is_overdue(
            trade.open_date_utc, current_time
        )
        return "held too long" if is_overdue else None

    def custom_stake_amount(
        self, *, min_stake: float | None, entry_tag: str | None, **asked: Any
    ) -> float:
        """Return the stake the risk profile gives this entry; 0 refuses it."""
        if not self.confidence(asked["pair"], entry_tag) > 0.0:
            return 0.0
        return self.limit_stake(None, min_stake=min_stake, entry_tag=entry_tag, **asked)

    def confirm_trade_entry(self, **asked: Any) -> bool:
        """Return whether this entry may be made, asked again at its final price and size."""
        return self.limit_entry(wish=True, **asked)

    def leverage(self, *, current_time: datetime, max_leverage: float, **_: Any) -> float:
        """Return what the profile's ladder allows; 1 without a ladder."""
        desk = self._risk_layer().desk
        if desk.engine.profile.ladder is None:
            return 1.0
        return self.limit_leverage(
            max_leverage, current_time=current_time, max_leverage=max_leverage
        )

    def adjust_entry_price(self, *, current_order_rate: float, **_: Any) -> float | None:
        """Keep an open entry order where it is; None cancels it when entries are held back."""
        return self.limit_open_entry(current_order_rate)

    def limit_stake(  # noqa: PLR0913  # what Freqtrade asks with
        self,
        wish: float | None,
        *,
        pair: str,
        current_time: datetime,
        current_rate: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        entry_tag: str | None,
        side: str,
        **_: Any,
    ) -> float:
        """Return what the profile leaves of a stake; None wishes for the profile's own."""
        if (wish is not None and not wish > 0.0) or self._is_frozen(pair):
            return 0.0
        self._leverages[pair] = leverage
        self._staked = self._entry(pair, current_time, current_rate, side=side, tag=entry_tag)
        whole = self._risk_layer().desk.stake(
            self._staked,
            min_stake_quote=min_stake or 0.0,
            max_stake_quote=max_stake,
            proposed_quote=wish,
        )
        return self._slices.first(pair, whole, min_stake=min_stake or 0.0, now=current_time)

    def limit_entry(
        self,
        wish: bool,  # the answer of a callback
        *,
        pair: str,
        amount: float,
        rate: float,
        current_time: datetime,
        entry_tag: str | None,
        side: str,
        **_: Any,
    ) -> bool:
        """Return whether an entry that is wished for may be made at this price and size."""
        if not wish or self._is_frozen(pair) or not self.is_approved(pair, current_time, entry_tag):
            return False
        entry, self._staked = self._staked, None  # in a backtest the same is asked about again
        if entry is None or not entry.is_about(pair, current_time, rate, side=side, tag=entry_tag):
            entry = self._entry(pair, current_time, rate, side=side, tag=entry_tag)
        if self._orders is not None:
            self._orders.desk.expect(pair, tag=entry_tag, leverage=entry.leverage)
        spread_frac = self._spread_frac(pair)
        if spread_frac is not None:
            entry = replace(entry, spread_frac=spread_frac)
        return self._risk_layer().desk.allows(entry, stake_quote=amount * rate / entry.leverage)

    def limit_leverage(
        self, wish: float, *, current_time: datetime, max_leverage: float, **_: Any
    ) -> float:
        """Return what the profile leaves of a leverage."""
        return min(wish, max_leverage, self._risk_layer().desk.max_leverage(current_time))

    def limit_adjustment(self, wish: Any, **asked: Any) -> Any:
        """Return what the profile leaves of a change to a position: a stake, with or without tag.

        Adding is an entry like any other; reducing is always allowed, except after a halt, which
        leaves positions to their stops and exits.
        """
        stake, tag = wish if isinstance(wish, tuple) else (wish, None)
        if not stake:
            return None
        desk = self._risk_layer().desk
        if stake < 0.0:
            return None if desk.standing().mode is Mode.HALTED else wish
        if self._is_frozen(asked["trade"].pair):
            return None
        allowed = self._limit_addition(float(stake), **asked)
        return (allowed, tag) if allowed else None

    def limit_open_entry(self, wish: float | None, **_: Any) -> float | None:
        """Return where an open entry order should stand; None when entries are held back."""
        return wish if self._risk_layer().desk.standing().allows_entries else None

    def limit_open_order(self, wish: float | None, *, is_entry: bool, **_: Any) -> float | None:
        """Return where an open order should stand; one that closes a position is left alone."""
        return self.limit_open_entry(wish) if is_entry else wish

    def _limit_addition(
        self,
        stake: float,
        *,
        trade: Any,
        current_time: datetime,
        current_rate: float,
        min_stake: float | None,
        max_stake: float,
        **_: Any,
    ) -> float:
        side = "short" if trade.is_short else "long"
        self._leverages[trade.pair] = float(trade.leverage or 1.0)
        entry = self._entry(trade.pair, current_time, current_rate, side=side, tag=trade.enter_tag)
        against = 1.0 - trade.stop_loss / current_rate
        entry = replace(entry, stop_frac=-against if trade.is_short else against)
        return self._risk_layer().desk.stake(
            entry,
            min_stake_quote=min_stake or 0.0,
            max_stake_quote=max_stake,
            proposed_quote=stake,
        )

    def _entry(self, pair: str, now: datetime, rate: float, *, side: str, tag: str | None) -> Entry:
        leverage, sided = self._leverages.get(pair, 1.0), Side(side)
        return Entry(
            pair=pair,
            side=sided,
            now=now,
            rate=rate,
            leverage=leverage,
            stop_frac=self._stop_frac(pair, now, rate, side=sided, leverage=leverage),
            target_frac=self.target_frac(pair, tag),
            confidence=self.confidence(pair, tag),
            is_degraded=self.is_degraded(pair, tag),
            history=self.scored_history(pair, tag, now),
            tag=tag,
        )

    def _leave_exits_to_freqtrade(self) -> None:
        """Spare each candle that is held in a backtest two calls which only pass on another."""
        for name in ("ft_stoploss_adjust", "custom_exit"):
            if getattr(type(self), name) is getattr(RuleStrategy, name):
                setattr(self, name, MethodType(getattr(IStrategy, name), self))

    def _fixed_frac(self, leverage: float) -> float:
        """Return the distance of Freqtrade's own stop, as a fraction of the price."""
        return abs(float(self.stoploss)) / leverage

    def _stop_frac(
        self, pair: str, now: datetime, rate: float, *, side: Side, leverage: float
    ) -> float:
        """Return how far away the stop will be that an entry begins with."""
        fixed_frac = self._fixed_frac(leverage)
        if self._planned is None or not rate > 0.0:
            return fixed_frac
        first = self._planned.first_stop(pair, side, rate, at=now, fixed_frac=fixed_frac)
        return side.sign * (1.0 - first / rate)

    def _spread_frac(self, pair: str) -> float | None:
        """Return the spread in the order book, asked once the rest of an entry is decided."""
        if self.config["runmode"] not in TRADE_MODES:
            return None
        book = self.dp.orderbook(pair, 1)
        bid, ask = float(book["bids"][0][0]), float(book["asks"][0][0])
        return (ask - bid) / ((ask + bid) / 2.0)

    def _risk_layer(self) -> Risk:
        if self._risk is None:
            raise RiskError("there is no risk desk; see the error at the bot's start")
        return self._risk


guard_callbacks(RuleStrategy)
