"""Which candles of the past are asked about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.strategies.questions import (
    questions_for,
    read_funding,
    rule_of,
    startup_span,
)
from proratio_tradehub.strategies.rules import RULES, EmaCrossRule
from tests.tradehub.strategies.rules.candles import random_candles

_KEY = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)
_RULE = EmaCrossRule()
_FRAME = random_candles(5, 2_000)


def test_questions_are_about_the_closes_of_candidates_inside_the_range() -> None:
    start, end = from_ms(600 * _KEY.timeframe.ms), from_ms(1_500 * _KEY.timeframe.ms)
    questions = questions_for(_RULE, _KEY, _FRAME, Timerange(start, end))
    rows = np.flatnonzero(_RULE.candidates(_RULE.indicators(_FRAME.iloc[600 - 208 : 1_501])))
    rows = rows[rows >= 208] + 600 - 208
    assert len(questions) > 10
    assert [q.as_of for q in questions] == [
        from_ms((int(row) + 1) * _KEY.timeframe.ms) for row in rows
    ]


def test_history_beyond_the_startup_candles_is_ignored() -> None:
    start = from_ms(1_000 * _KEY.timeframe.ms)
    shorter = _FRAME.iloc[1_000 - _RULE.startup_candles :].reset_index(drop=True)
    timerange = Timerange(start, None)
    assert questions_for(_RULE, _KEY, _FRAME, timerange) == questions_for(
        _RULE, _KEY, shorter, timerange
    )


def test_range_without_candles_is_refused_with_the_remedy() -> None:
    with pytest.raises(ConfigurationError, match="download"):
        questions_for(_RULE, _KEY, _FRAME, Timerange.parse("20300101-20300201"))


def test_startup_span_is_the_rules_candles_times_their_length() -> None:
    assert startup_span(_RULE, _KEY) == timedelta(hours=_RULE.startup_candles)


def test_rule_of_a_built_in_strategy_needs_no_file(tmp_path: Path) -> None:
    assert rule_of("AIEnhancedTrend", tmp_path) is RULES["AIEnhancedTrend"]


def test_rule_that_reads_no_funding_is_given_none(database: Database) -> None:
    assert read_funding(_RULE, _KEY, CandleStore(database)) is None


def test_funding_of_a_spot_pair_is_refused_with_the_perpetual(database: Database) -> None:
    with pytest.raises(ConfigurationError, match="name BTC/USDT:USDT instead of BTC/USDT"):
        read_funding(RULES["FundingCarry"], _KEY, CandleStore(database))
