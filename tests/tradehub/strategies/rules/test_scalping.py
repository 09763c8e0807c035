"""Scalping against its own words; and never for less than it costs."""

from __future__ import annotations

import numpy as np
import pytest
import rapidjson

from proratio_tradehub.strategies.rules import ScalpingRule
from tests.architecture.source_tree import ROOT
from tests.tradehub.strategies.rules.candles import ema, random_candles, rsi


def test_candidates_and_exits_are_what_the_docstring_says() -> None:
    rule = ScalpingRule()
    frame = rule.indicators(random_candles(3, 6_000))
    close = frame["close"].to_numpy()
    trend, momentum = ema(close, 200), rsi(close, 7)
    band = np.full(len(close), np.nan)
    for row in range(19, len(close)):
        window = close[row - 19 : row + 1]
        band[row] = window.mean() + 2 * window.std()
    expected = [
        row > 0
        and momentum[row] > 30
        and momentum[row - 1] <= 30
        and close[row] > trend[row]
        and band[row] / close[row] - 1 >= 0.006
        for row in range(len(close))
    ]
    assert sum(map(bool, expected)) > 10
    assert rule.candidates(frame).tolist() == [bool(value) for value in expected]
    assert rule.exits(frame).tolist() == ((close >= band) | (momentum > 75)).tolist()


@pytest.mark.parametrize("margin", [1.5, 3.0, 10.0])
def test_expected_profit_always_exceeds_the_round_trip_by_the_margin(margin: float) -> None:
    rule = ScalpingRule(margin_ratio=margin)
    frame = rule.indicators(random_candles(4, 20_000))
    expected = frame["expected"].to_numpy()[rule.candidates(frame)]
    assert len(expected) > 3
    assert expected.min() >= margin * 0.004


def test_its_costs_are_those_backtests_charge() -> None:
    text = (ROOT / "user_data" / "config-backtest.json").read_text()
    charged = rapidjson.loads(text, parse_mode=rapidjson.PM_COMMENTS)["fee"]
    assert ScalpingRule().round_trip_frac == pytest.approx(2 * charged)
