"""A rule that keeps to its own weather: entries outside its regimes are no candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_core.errors import ConfigurationError
from proratio_signals.scoring.regimes import REGIMES, regimes_of
from proratio_signals.snapshot import WINDOW_CANDLES
from proratio_tradehub.strategies.rules.base import BoolArray, Rule

__all__ = ["InRegimes"]


@dataclass(frozen=True, slots=True)
class InRegimes:
    """Another rule, entered only where the market is in one of the named regimes.

    Exits are the other rule's own: a position is never kept because the weather changed.

    Parameters
    ----------
    rule
        The rule.
    regimes
        Names of `REGIMES`.

    Raises
    ------
    ConfigurationError
        A name is not a regime, or there is none.
    """

    rule: Rule
    regimes: frozenset[str]

    def __post_init__(self) -> None:
        unknown = sorted(self.regimes - set(REGIMES))
        if unknown or not self.regimes:
            raise ConfigurationError(
                f"regimes {', '.join(unknown) or 'are empty'}: not understood; name one or more of "
                f"{', '.join(REGIMES)}"
            )

    @property
    def startup_candles(self) -> int:
        """What the rule needs, or the window a regime is judged from."""
        return max(self.rule.startup_candles, WINDOW_CANDLES)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the rule's columns and `regime`, an index into REGIMES or -1."""
        return self.rule.indicators(frame).assign(regime=regimes_of(frame["close"]))

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return the rule's candidates inside its regimes."""
        allowed = [REGIMES.index(name) for name in sorted(self.regimes)]
        return self.rule.candidates(frame) & np.isin(frame["regime"].to_numpy(), allowed)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return the rule's exits."""
        return self.rule.exits(frame)
