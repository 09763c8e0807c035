"""The leak test: does a strategy's signal on a candle change when the future is taken away?

Freqtrade's own lookahead-analysis truncates candles only, so a strategy that reads tomorrow's vote
passes it. Here candles *and* the ledger end at the judged candle's close.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.persistence.usedb_context import FtNoDBContext

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.specification import Specification

__all__ = ["Leak", "LeakReport", "find_leaks"]

_SIGNALS: Final = ("enter_long", "exit_long", "enter_short", "exit_short", "enter_tag")


@dataclass(frozen=True, slots=True)
class Leak:
    """A signal that differs between knowing and not knowing what came after it."""

    pair: str
    candle_closed_at: datetime
    column: str
    with_future: str
    without_future: str

    def __str__(self) -> str:
        return (
            f"{self.pair} candle closed {self.candle_closed_at:%Y-%m-%d %H:%M}: {self.column} is "
            f"{self.with_future} knowing the future, {self.without_future} without it"
        )


@dataclass(frozen=True, slots=True)
class LeakReport:
    """How many candles were judged twice, and where the two judgements differ."""

    candles: int
    signals: int
    leaks: tuple[Leak, ...]


def find_leaks(
    runner: BacktestRunner, specification: Specification, *, samples: int = 100, seed: int = 0
) -> LeakReport:
    """Judge candles a second time with everything after their close removed, and compare.

    Parameters
    ----------
    runner
        Loads the strategy and its candles.
    specification
        Strategy, pairs, range and profile.
    samples
        Per pair, how many candles with a signal and how many without one are judged again; the
        former are spread evenly, the latter drawn with `seed`.

    Raises
    ------
    ConfigurationError
        The strategy or its candles are not usable.
    """
    strategy, data = runner.prepare(specification)
    rng = np.random.default_rng(seed)
    candles = signals = 0
    leaks: list[Leak] = []
    with FtNoDBContext(specification.timeframe.value):  # starting, a strategy asks for its trades
        for pair, frame in data.items():
            _know_until(strategy, None)
            full = _signals(strategy, pair, frame)
            rows = _sample(full, first=strategy.startup_candle_count, samples=samples, rng=rng)
            candles += len(rows)
            signals += int(_has_signal(full)[rows].sum())
            closes = open_times_ms(frame) + specification.timeframe.ms
            for row in rows:
                _know_until(strategy, int(closes[row]))
                cut = _signals(strategy, pair, frame.iloc[: row + 1])
                leaks += _differences(pair, from_ms(int(closes[row])), full.iloc[row], cut.iloc[-1])
    return LeakReport(candles, signals, tuple(leaks))


def _know_until(strategy: Any, moment_ms: int | None) -> None:
    """Let the strategy start again, reading the ledger as it stood at `moment_ms`."""
    strategy.config["proratio"]["votes_until_ms"] = moment_ms
    strategy.ft_bot_start()


def _signals(strategy: Any, pair: str, frame: pd.DataFrame) -> pd.DataFrame:
    metadata = {"pair": pair}
    analysed = strategy.advise_indicators(frame.copy(), metadata)
    analysed = strategy.ft_advise_signals(analysed, metadata)
    table = pd.DataFrame({name: analysed.get(name) for name in _SIGNALS}, dtype=object)
    return table.where(table.notna(), None).replace({0: None, "": None})


def _has_signal(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return table.notna().any(axis=1).to_numpy()


def _sample(
    table: pd.DataFrame, *, first: int, samples: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return ascending row numbers from `first` on: with signals evenly, without at random."""
    rows = np.arange(len(table))
    usable = rows >= first
    loud = rows[usable & _has_signal(table)]
    quiet = rows[usable & ~_has_signal(table)]
    even = loud[np.linspace(0, len(loud) - 1, min(samples, len(loud))).astype(np.int64)]
    drawn = rng.choice(quiet, size=min(samples, len(quiet)), replace=False)
    return np.sort(np.concatenate([even, drawn]))


def _differences(
    pair: str, closed_at: datetime, full: pd.Series[Any], cut: pd.Series[Any]
) -> list[Leak]:
    return [
        Leak(pair, closed_at, name, str(full[name]), str(cut[name]))
        for name in _SIGNALS
        if full[name] != cut[name]
    ]
