"""Which candles of the past a strategy would have asked the consensus about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from proratio_core.candles import CandleStore
from proratio_core.candles.filling import fill_missing
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.values import Market, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.questions import Question
from proratio_tradehub.strategies.ensemble_file import read_ensemble
from proratio_tradehub.strategies.parameter_file import read_parameters
from proratio_tradehub.strategies.rules import RULES, Rule, reads_funding, retuned, with_funding

__all__ = ["questions_for", "read_funding", "rule_of", "startup_span"]

_FUNDING_GRID: Final = Timeframe.H1
"""The grid under which funding rates are stored, as Freqtrade names their files."""


def rule_of(strategy: str, user_data: Path) -> Rule:
    """Return the entry rule of a strategy: a built-in one, or what the user's class states.

    Raises
    ------
    ConfigurationError
        The strategy does not exist or has no `rule`, or the file of its parameters is not usable.
    """
    if strategy in RULES:
        found = read_parameters(user_data / "strategies" / f"{strategy}.py")
        return retuned(RULES[strategy], found)
    ensemble = user_data / "strategies" / f"{strategy}.toml"
    if ensemble.is_file():
        return read_ensemble(ensemble)
    # only a strategy of the user's own needs Freqtrade, which takes seconds to import
    from proratio_tradehub.strategies.resolution import load_rule  # noqa: PLC0415

    return load_rule(strategy, user_data)


def startup_span(rule: Rule, key: SeriesKey) -> timedelta:
    """Return how much history before a time range the rule needs, as Freqtrade loads it."""
    return timedelta(milliseconds=rule.startup_candles * key.timeframe.ms)


def questions_for(
    rule: Rule,
    key: SeriesKey,
    frame: pd.DataFrame,
    timerange: Timerange,
    *,
    funding: pd.DataFrame | None = None,
) -> tuple[Question, ...]:
    """Return a question for each candidate candle whose open time lies in `timerange`.

    The rule is evaluated on what Freqtrade would load for this range: the start-up candles before
    it and no more, gaps filled, so that both see the same candidates.

    Parameters
    ----------
    rule
        The strategy's entry rule.
    key
        The series.
    frame
        Its candles; they may reach further back and further on than the range.
    timerange
        The span of a backtest.
    funding
        The settled funding rates of a perpetual, for a rule that reads them.

    Raises
    ------
    ConfigurationError
        The series has no candles for this range.
    """
    known = _loaded(frame, timerange, startup=startup_span(rule, key))
    if known.empty:
        raise ConfigurationError(
            f"{key} has no candles in {timerange}; import or download them (proratio data --help)"
        )
    filled = fill_missing(known, key.timeframe)
    if funding is not None:
        filled = with_funding(filled, funding, key.timeframe)
    candidates = rule.candidates(rule.indicators(filled))
    open_ms = open_times_ms(filled)[candidates]
    if timerange.start is not None:
        open_ms = open_ms[open_ms >= to_ms(timerange.start)]
    return tuple(Question(key, from_ms(int(ms) + key.timeframe.ms)) for ms in open_ms)


def read_funding(rule: Rule, key: SeriesKey, store: CandleStore) -> pd.DataFrame | None:
    """Return the settled funding rates of a pair; None for a rule that does not read them.

    Raises
    ------
    ConfigurationError
        The rule reads funding rates, and the pair is not a perpetual.
    """
    if not reads_funding(rule):
        return None
    if key.market is not Market.PERPETUAL:
        raise ConfigurationError(
            f"{type(rule).__name__} reads funding rates, which only perpetuals have; name "
            f"{key.pair}:{key.pair.quote} instead of {key.pair}"
        )
    return store.read(replace(key, timeframe=_FUNDING_GRID, kind=SeriesKind.FUNDING))


def _loaded(frame: pd.DataFrame, timerange: Timerange, *, startup: timedelta) -> pd.DataFrame:
    """Return the rows Freqtrade's loader takes: both ends included."""
    rows = np.ones(len(frame), np.bool_)
    if timerange.start is not None:
        rows &= (frame["date"] >= pd.Timestamp(timerange.start - startup)).to_numpy()
    if timerange.end is not None:
        rows &= (frame["date"] <= pd.Timestamp(timerange.end)).to_numpy()
    return frame[rows].reset_index(drop=True)
