"""Mean reversion against its own words, and on a fall drawn by hand."""

from __future__ import annotations

import numpy as np

from proratio_tradehub.strategies.rules import MeanReversionRule
from tests.tradehub.strategies.rules.candles import candles_of, random_candles, rsi


def test_candidates_and_exits_are_what_the_docstring_says() -> None:
    rule = MeanReversionRule()
    frame = rule.indicators(random_candles(3, 4_000))
    close = frame["close"].to_numpy()
    momentum = rsi(close, 14)
    low, middle = np.full(len(close), np.nan), np.full(len(close), np.nan)
    for row in range(19, len(close)):
        window = close[row - 19 : row + 1]
        middle[row] = window.mean()
        low[row] = middle[row] - 2 * window.std()
    oversold = (close < low) & (momentum < 30)
    expected = [bool(oversold[row]) and not oversold[row - 1] for row in range(len(close))]
    assert sum(expected) > 10
    assert rule.candidates(frame).tolist() == expected
    assert rule.exits(frame).tolist() == ((close >= middle) | (momentum > 55)).tolist()


def test_a_fall_out_of_calm_is_bought_once_on_its_first_candle() -> None:
    # 20 closes: 98 eighteen times about 100 +- 0.1, then 97. By hand: the mean of the last twenty
    # is near 99.9 and two deviations near 1.3, so 97 is far below; RSI was 50 and falls to about 9.
    calm = [100.0 + 0.1 * (-1) ** row for row in range(60)]
    rule = MeanReversionRule()
    frame = rule.indicators(candles_of([*calm, 97.0, 96.0, 100.5]))
    assert rule.candidates(frame).nonzero()[0].tolist() == [60]
    assert rule.exits(frame)[60:].tolist() == [False, False, True]


def test_rising_market_is_never_oversold() -> None:
    rule = MeanReversionRule()
    assert not rule.candidates(rule.indicators(candles_of(np.linspace(100, 200, 300)))).any()
