"""Several strategies as one bot: one risk engine, one wallet, one position a pair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from freqtrade.persistence import Trade

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.values import Timeframe
from proratio_quantlab.specification import UNGATED
from proratio_tradehub.strategies.consensus import ConsensusStrategy
from proratio_tradehub.strategies.ensemble_file import read_ensemble
from proratio_tradehub.strategies.gate import signal_id, strategy_of
from proratio_tradehub.strategies.guards import reads_only
from proratio_tradehub.strategies.rules import EnsembleRule

__all__ = ["OrchestratorStrategy"]


class OrchestratorStrategy(ConsensusStrategy):
    """Runs the strategies that the TOML file beside its shell lists.

    - An entry's tag begins with the strategy's name, `Momentum/offline@2024-01-01T12:00Z`.
    - A position is closed by the exits of the strategy that opened it, by the stop or the target.
    - Where several would enter on one candle, the first in the list does; a pair that is held is
      nobody's candidate.
    - A strategy's open positions together stake at most its share of the wallet.
    """

    rule: EnsembleRule

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.rule = read_ensemble(self._own_file())
        self.startup_candle_count = self.rule.startup_candles
        self._leaving: dict[str, Mapping[str, frozenset[int]]] = {}

    def populate_entry_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Mark approved candidates, and say in the tag whose they are."""
        judged = super().populate_entry_trend(frame, metadata)
        entered = judged["enter_long"].to_numpy() == 1
        names = self.rule.names(frame)
        closes = open_times_ms(frame) + Timeframe(self.timeframe).ms
        profile = UNGATED if self._is_ungated else self._gate().name
        tags = np.full(len(frame), None, object)
        tags[entered] = [
            signal_id(profile, close, strategy=name)
            for name, close in zip(names[entered], closes[entered].tolist(), strict=True)
        ]
        return judged.assign(enter_tag=tags)

    def populate_exit_trend(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Remember after which candles each strategy would leave; mark no exit for everybody.

        Freqtrade drops an entry on a candle with an exit signal, whoever's it is, so that the
        exits of one strategy would forbid the entries of another.
        """
        closes = open_times_ms(frame) + Timeframe(self.timeframe).ms
        self._leaving[metadata["pair"]] = {
            member.name: frozenset(closes[self.rule.exits_of(member.name, frame)].tolist())
            for member in self.rule.members
        }
        return frame.assign(exit_long=0)

    @reads_only
    def custom_exit(self, *, pair: str, trade: Any, current_time: datetime, **_: Any) -> str | None:
        """Return the reason to leave when the strategy that opened the position says so."""
        step_ms = Timeframe(self.timeframe).ms
        closed_ms = to_ms(current_time) // step_ms * step_ms
        owner = strategy_of(trade.enter_tag or "")
        leaving = self._leaving.get(pair, {}).get(owner, frozenset())
        if closed_ms in leaving:
            return "exit_signal"
        reason: str | None = super().custom_exit(pair=pair, trade=trade, current_time=current_time)
        return reason

    def custom_stake_amount(
        self, *, min_stake: float | None, entry_tag: str | None, **asked: Any
    ) -> float:
        """Return what risk and confidence allow, inside what is left of the strategy's share."""
        stake: float = super().custom_stake_amount(
            min_stake=min_stake, entry_tag=entry_tag, **asked
        )
        left = self._left_of_share(strategy_of(entry_tag or ""))
        return 0.0 if left < (min_stake or 0.0) else min(stake, left)

    def _left_of_share(self, name: str) -> float:
        """Return how much more the positions of a strategy may stake, in quote currency."""
        held: float = sum(
            trade.stake_amount
            for trade in Trade.get_trades_proxy(is_open=True)
            if strategy_of(trade.enter_tag or "") == name
        )
        whole: float = self.wallets.get_total_stake_amount() * self.rule.share_of(name)
        return max(0.0, whole - held)

    def _own_file(self) -> Path:
        file = getattr(self, "__file__", "")
        if not file:
            raise ConfigurationError(
                f"{type(self).__name__} was not loaded from a file, so there is no list of its "
                "strategies; put the class into user_data/strategies and a TOML beside it"
            )
        return Path(file).with_suffix(".toml")
