"""A strategy the panel drives alone: long, short or out of a perpetual, as its last vote says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.enums import SignalDirection

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms
from proratio_core.errors import TransientError
from proratio_core.values import Timeframe
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from proratio_tradehub.risk import Side
from proratio_tradehub.strategies.gate import judged_close_ms, standing_calls
from proratio_tradehub.strategies.perpetual import PerpetualStrategy

__all__ = ["AgentStrategy"]

_SIDES: Mapping[Action, Side] = MappingProxyType({Action.BUY: Side.LONG, Action.SELL: Side.SHORT})


class AgentStrategy(PerpetualStrategy):
    """BUY holds a long position, SELL a short one, HOLD none; every candle is asked about.

    - A vote to act opens a position on its own side alone, and closes one on the other.
    - HOLD closes a position only when every voter answered: silence leaves it to its stop. With
      `leaves_on_hold = False` only the opposite vote closes.
    - Leverage is what `wanted_leverage` says, cut to what the risk profile allows.
    """

    can_short = True
    acts_on: ClassVar[frozenset[Action]] = frozenset(_SIDES)
    leaves_on_hold: ClassVar[bool] = True
    wanted_leverage: ClassVar[float] = 1.0
    _calls: Mapping[str, Mapping[int, Action]] | None = None

    def populate_entry_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Mark which way the panel would enter; trading, it is asked and the signal is its own."""
        judged = super().populate_entry_trend(frame, metadata)
        if self._is_live or self._is_ungated:
            return judged
        is_short = self._called(judged, metadata["pair"], {Action.SELL})
        entered = judged["enter_long"].to_numpy() == 1
        return judged.assign(
            enter_long=(entered & ~is_short).astype("int8"),
            enter_short=(entered & is_short).astype("int8"),
        )

    def populate_exit_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Mark where the panel would no longer be in; trading, the signal is its own."""
        if self._is_live or self._is_ungated:
            return frame.assign(exit_long=0, exit_short=0)
        pair = metadata["pair"]
        return frame.assign(
            exit_long=self._called(frame, pair, self._ends(Side.LONG)).astype("int8"),
            exit_short=self._called(frame, pair, self._ends(Side.SHORT)).astype("int8"),
        )

    def get_entry_signal(
        self, pair: str, timeframe: str, dataframe: pd.DataFrame
    ) -> tuple[SignalDirection | None, str | None]:
        """Return the side the vote on the last candle is for; none until there is one."""
        if self._is_live and not self._is_ungated and dataframe is not None:
            action = self._action_now(pair, dataframe)
            dataframe = dataframe.tail(1).assign(
                enter_long=int(action is Action.BUY),
                enter_short=int(action is Action.SELL),
                exit_long=0,
                exit_short=0,
            )
        found: tuple[SignalDirection | None, str | None] = super().get_entry_signal(
            pair, timeframe, dataframe
        )
        return found

    def get_exit_signal(
        self, pair: str, timeframe: str, dataframe: pd.DataFrame, is_short: bool | None = None
    ) -> tuple[bool, bool, str | None]:
        """Return whether the vote on the last candle is for a position, and whether against it."""
        if self._is_virtual and not self._is_answered(pair, dataframe):
            return False, False, None
        if not self._is_live or self._is_ungated or dataframe is None:
            found: tuple[bool, bool, str | None] = super().get_exit_signal(
                pair, timeframe, dataframe, is_short
            )
            return found
        action, side = self._action_now(pair, dataframe), Side.SHORT if is_short else Side.LONG
        return _SIDES.get(action) is side if action else False, action in self._ends(side), None

    def leverage(self, *, max_leverage: float, **_: Any) -> float:
        """Return the leverage this strategy wants; the risk profile cuts it."""
        return min(self.wanted_leverage, max_leverage)

    def _favours(self, side: str, pair: str, entry_tag: str | None) -> bool:
        close_ms = judged_close_ms(entry_tag or "")
        action = (
            self._vote_action(pair, close_ms)
            if self._is_live
            else self._calls_on(pair).get(close_ms)
        )
        return action is not None and _SIDES.get(action) == side

    def _ends(self, side: Side) -> frozenset[Action]:
        """Return the calls that end a position."""
        against = {action for action, own in _SIDES.items() if own is not side}
        return frozenset(against | ({Action.HOLD} if self.leaves_on_hold else set()))

    def _take_votes(self, votes: Mapping[str, pd.DataFrame]) -> None:
        super()._take_votes(votes)
        timeframe = Timeframe(self.timeframe)
        self._calls = {pair: standing_calls(frame, timeframe) for pair, frame in votes.items()}

    def _called(
        self, frame: pd.DataFrame, pair: str, wanted: frozenset[Action] | set[Action]
    ) -> npt.NDArray[np.bool_]:
        """Return the candles on which the vote was one of `wanted`, shape (n,)."""
        calls = self._calls_on(pair)
        closes = open_times_ms(frame) + Timeframe(self.timeframe).ms
        return np.fromiter((calls.get(close) in wanted for close in closes.tolist()), np.bool_)

    def _calls_on(self, pair: str) -> Mapping[int, Action]:
        if self._calls is None:
            raise TransientError("the votes could not be read; see the errors before this one")
        return self._calls[pair]

    def _action_now(self, pair: str, frame: pd.DataFrame) -> Action | None:
        """Return what the vote on the last candle of `frame` says now; None without one."""
        if frame.empty:
            return None
        return self._vote_action(pair, int(open_times_ms(frame)[-1]) + Timeframe(self.timeframe).ms)

    def _is_answered(self, pair: str, frame: pd.DataFrame) -> bool:
        """Return whether the vote on the last candle had been given by this moment."""
        now = datetime.now(UTC)
        closed_at = from_ms(int(open_times_ms(frame)[-1])) + self._candle
        return self._is_ungated or self._is_known(pair, closed_at, now)

    def _vote_action(self, pair: str, close_ms: int) -> Action | None:
        vote = self._asked().verdict(Question(self._key(pair), from_ms(close_ms)))
        if vote is None or (vote.degraded and vote.action is Action.HOLD):
            return None
        return vote.action
