"""The adapter between a pure entry rule and Freqtrade; every callback of it fails closed."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
from freqtrade.strategy import IStrategy

from proratio_tradehub.strategies.guards import guard_callbacks
from proratio_tradehub.strategies.hyperopt import current_rule, offer_parameters, starting_rule
from proratio_tradehub.strategies.parameters import parameters_of, set_parameters
from proratio_tradehub.strategies.rules import RULES, Rule

__all__ = ["RuleStrategy"]


class RuleStrategy(IStrategy):  # type: ignore[misc]  # Freqtrade is not typed for us
    """A Freqtrade strategy whose signals are those of a `Rule`.

    A subclass in `user_data/strategies` states its timeframe, stop-loss and take-profit and, when
    it is not one of the built-in strategies, its `rule`. Each callback a subclass defines is
    guarded: an exception in it refuses the entry instead of allowing it (see `guards.py`).
    """

    INTERFACE_VERSION = 3
    rule: Rule
    can_short = False
    process_only_new_candles = True
    use_exit_signal = True
    stake_of_wallet_frac: ClassVar[float] = 0.05
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
        guard_callbacks(cls)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        if hasattr(self, "rule"):
            self.rule, self.startup_candle_count = starting_rule(self, type(self).rule)
        given = config.get("proratio", {}).get("parameters", {})
        self.parameters_known = frozenset(parameters_of(getattr(self, "rule", None)))
        self.parameters_taken = self.parameters_known & set(given)
        if self.parameters_taken:
            self.rule = set_parameters(self.rule, given)
            self.startup_candle_count = self.rule.startup_candles

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

    def custom_stake_amount(
        self,
        *,
        min_stake: float | None,
        max_stake: float,
        entry_tag: str | None,
        pair: str,
        **_: Any,
    ) -> float:
        """Return a fixed part of the wallet times the confidence in this entry; 0 refuses it."""
        wallet = self.wallets.get_total_stake_amount()
        stake = wallet * self.stake_of_wallet_frac * self.confidence(pair, entry_tag)
        return 0.0 if stake < (min_stake or 0.0) else min(stake, max_stake)

    def confidence(self, pair: str, entry_tag: str | None) -> float:  # noqa: ARG002  # for subclasses
        """Return the confidence, 0..1, in an entry; a rule alone has no doubts."""
        return 1.0


guard_callbacks(RuleStrategy)
