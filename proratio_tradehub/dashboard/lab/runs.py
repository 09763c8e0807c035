"""A stored backtest as a line of a list. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from proratio_core.values import Timerange
from proratio_quantlab.inference import SharpeEstimate
from proratio_quantlab.ratios import DAYS_A_YEAR

__all__ = ["RunLine", "columns_of", "half_width"]

_DEVIATIONS_95: Final = 1.96
_FEWEST_DAYS: Final = 20


@dataclass(frozen=True, slots=True)
class RunLine:
    """A stored backtest.

    Parameters
    ----------
    hash
        Of its specification.
    strategy, pairs, exchange, timeframe, timerange
        What was run, on which candles.
    profile
        Who gated it; None when nobody did.
    parameters
        What was set in the strategy.
    created_at
        When it was stored, UTC.
    simulated, rule_based
        Whether no market printed its candles; whether fixed rules voted.
    profit_frac, max_drawdown_frac, sharpe, trades
        What came of it; None where the run does not define it.
    sharpe_half
        Half the 95 % interval of the yearly Sharpe ratio; None for a short run.
    refused
        Entries the limits refused.
    """

    hash: str
    strategy: str
    pairs: tuple[str, ...]
    exchange: str
    timeframe: str
    timerange: str
    profile: str | None
    parameters: Mapping[str, Any]
    created_at: datetime
    simulated: bool
    rule_based: bool
    profit_frac: float | None
    max_drawdown_frac: float | None
    sharpe: float | None
    sharpe_half: float | None
    trades: int
    refused: int

    @property
    def title(self) -> str:
        """For people, in a choice of many."""
        return f"{self.strategy} · {self.gate} · {', '.join(self.pairs)} · {self.span}"

    @property
    def span(self) -> str:
        """The days, without the hours that windows begin and end at."""
        known = Timerange() if self.timerange == "-" else Timerange.parse(self.timerange)
        return " – ".join(
            "…" if at is None else f"{at:%Y-%m-%d}" for at in (known.start, known.end)
        )

    @property
    def gate(self) -> str:
        """Who let entries through."""
        if self.profile is None:
            return "ungated"
        return f"{self.profile} (RULE-BASED)" if self.rule_based else self.profile

    @property
    def settings(self) -> str:
        """The parameters in words; empty where all are as the strategy has them."""
        return ", ".join(f"{name} {value}" for name, value in sorted(self.parameters.items()))

    @property
    def key(self) -> str:
        """What `proratio report` and `proratio compare` take for it."""
        return self.hash[:12]


def half_width(returns: Sequence[float] | np.ndarray[Any, Any] | None) -> float | None:
    """Return half the 95 % interval of the yearly Sharpe ratio, without resampling.

    It is quick enough for a list; a tear sheet resamples. None for fewer than 20 days.

    Notes
    -----
    Source: Mertens, "Comments on variance of the IID estimator in Lo (2002)", 2002.
    """
    if returns is None or len(returns) < _FEWEST_DAYS:
        return None
    estimate = SharpeEstimate.of(np.asarray(returns, np.float64))
    if estimate is None:
        return None
    error = math.sqrt(estimate.variance_factor / (estimate.observations - 1))
    return _DEVIATIONS_95 * error * math.sqrt(DAYS_A_YEAR)


def columns_of(lines: Sequence[RunLine]) -> dict[str, list[Any]]:
    """Return the list as columns; hundredths where a column is in percent.

    What was set in the strategies is left out where nothing was.
    """
    columns: dict[str, list[Any]] = {
        "Strategy": [line.strategy for line in lines],
        "Gate": [line.gate for line in lines],
        "Candles": [_candles(line) for line in lines],
        "Pairs": [", ".join(line.pairs) for line in lines],
        "Range": [line.span for line in lines],
        "Profit, %": [_hundredths(line.profit_frac) for line in lines],
        "Sharpe": [line.sharpe for line in lines],
        "± 95 %": [line.sharpe_half for line in lines],
        "Drawdown, %": [_hundredths(line.max_drawdown_frac) for line in lines],
        "Trades": [line.trades for line in lines],
        "Refused": [line.refused for line in lines],
        "Run at, UTC": [f"{line.created_at:%Y-%m-%d %H:%M}" for line in lines],
        "Run": [line.key for line in lines],
    }
    settings = [line.settings for line in lines]
    return {**columns, "Parameters": settings} if any(settings) else columns


def _candles(line: RunLine) -> str:
    source = "SIMULATED" if line.simulated else line.exchange
    return f"{source} {line.timeframe}"


def _hundredths(frac: float | None) -> float | None:
    return None if frac is None else frac * 100
