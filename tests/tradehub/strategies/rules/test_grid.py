"""The grid: where it starts, how far it goes, and when it gives up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.scoring.regimes import REGIMES
from proratio_tradehub.strategies.rules import GridRule
from tests.tradehub.strategies.rules.candles import candles_of

_RANGING, _FALLING = REGIMES.index("ranging"), REGIMES.index("falling")


def waves(rows: int) -> pd.DataFrame:
    """Return a market that swings between 90 and 110, a swing a day."""
    return candles_of(100 + 10 * np.sin(np.arange(rows) * 2 * np.pi / 24))


def test_ranging_market_is_entered_low_and_left_high() -> None:
    rule = GridRule()
    frame = rule.indicators(waves(600))
    assert (frame["regime"].iloc[240:] == _RANGING).all()
    entered, left = rule.candidates(frame), rule.exits(frame)
    close = frame["close"].to_numpy()
    rows = entered.nonzero()[0]
    # once a day, as the price falls below 90 + 0.3 * 20 = 96; left from 90 + 0.7 * 20 = 104 on
    assert (np.diff(rows) == 24).all()
    assert len(rows) == 15
    assert (close[rows] <= 96).all()
    assert (close[rows - 1] > 96).all()
    assert (close[240:][left[240:]] >= 104).all()


def test_falling_market_is_left_and_not_entered() -> None:
    rule = GridRule()
    fall = candles_of(np.concatenate((waves(300)["close"], np.linspace(100, 60, 100))))
    frame = rule.indicators(fall)
    falling = (frame["regime"] == _FALLING).to_numpy()
    assert falling.any()
    assert rule.exits(frame)[falling].all()
    assert not rule.candidates(frame)[falling].any()


def test_range_too_narrow_for_every_step_is_left_alone() -> None:
    calm = candles_of(100 + np.sin(np.arange(600) * 2 * np.pi / 24))  # 2% high; four steps need 4%
    rule = GridRule()
    assert not rule.candidates(rule.indicators(calm)).any()


@pytest.mark.parametrize(
    ("filled", "rate", "due"),
    [(1, 99.0, True), (1, 99.1, False), (2, 98.0, True), (3, 97.0, True), (4, 50.0, False)],
)
def test_steps_lie_one_percent_apart_and_end_with_the_fourth(
    filled: int, rate: float, due: bool
) -> None:
    assert GridRule().is_next_step(filled=filled, first_rate=100.0, rate=rate) is due


@given(rates=st.lists(st.floats(1.0, 100.0), max_size=50))
def test_no_path_of_prices_buys_more_than_the_steps(rates: list[float]) -> None:
    rule, filled = GridRule(), 1
    for rate in rates:
        filled += rule.is_next_step(filled=filled, first_rate=100.0, rate=rate)
    assert filled <= rule.steps
