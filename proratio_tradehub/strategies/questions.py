"""Which candles of the past a strategy would have asked the consensus about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from proratio_core.candles.filling import fill_missing
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.questions import Question
from proratio_tradehub.strategies.rules import RULES, Rule

__all__ = ["questions_for", "rule_of", "startup_span"]


def rule_of(strategy: str, user_data: Path) -> Rule:
    """Return the entry rule of a strategy: a built-in one, or what the user's class states.

    Raises
    ------
    ConfigurationError
        The strategy does not exist or has no `rule`.
    """
    if strategy in RULES:
        return RULES[strategy]
    # only a strategy of the user's own needs Freqtrade, which takes seconds to import
    from proratio_tradehub.strategies.resolution import load_rule  # noqa: PLC0415

    return load_rule(strategy, user_data)


def startup_span(rule: Rule, key: SeriesKey) -> timedelta:
    """Return how much history before a time range the rule needs, as Freqtrade loads it."""
    return timedelta(milliseconds=rule.startup_candles * key.timeframe.ms)


def questions_for(
    rule: Rule, key: SeriesKey, frame: pd.DataFrame, timerange: Timerange
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
    candidates = rule.candidates(rule.indicators(filled))
    open_ms = open_times_ms(filled)[candidates]
    if timerange.start is not None:
        open_ms = open_ms[open_ms >= to_ms(timerange.start)]
    return tuple(Question(key, from_ms(int(ms) + key.timeframe.ms)) for ms in open_ms)


def _loaded(frame: pd.DataFrame, timerange: Timerange, *, startup: timedelta) -> pd.DataFrame:
    """Return the rows Freqtrade's loader takes: both ends included."""
    rows = np.ones(len(frame), np.bool_)
    if timerange.start is not None:
        rows &= (frame["date"] >= pd.Timestamp(timerange.start - startup)).to_numpy()
    if timerange.end is not None:
        rows &= (frame["date"] <= pd.Timestamp(timerange.end)).to_numpy()
    return frame[rows].reset_index(drop=True)
