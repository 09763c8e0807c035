"""The bounce against its own words, and on a fall and return drawn by hand."""

from __future__ import annotations

import numpy as np

from proratio_tradehub.strategies.rules import BollingerBounceRule
from tests.tradehub.strategies.rules.candles import candles_of, random_candles


def test_candidates_and_exits_are_what_the_docstring_says() -> None:
    rule = BollingerBounceRule()
    frame = rule.indicators(random_candles(3, 4_000))
    close = frame["close"].to_numpy()
    bands = np.full((len(close), 3), np.nan)
    for row in range(19, len(close)):
        window = close[row - 19 : row + 1]
        mean, reach = window.mean(), 2 * window.std()
        bands[row] = mean - reach, mean + reach, 2 * reach / mean
    low, high, width = bands.T
    expected = [
        row > 19 and close[row] > low[row] and close[row - 1] <= low[row - 1] and width[row] >= 0.03
        for row in range(len(close))
    ]
    failed = [
        row > 19 and close[row] < low[row] and close[row - 1] >= low[row - 1]
        for row in range(len(close))
    ]
    assert sum(map(bool, expected)) > 10
    assert rule.candidates(frame).tolist() == [bool(value) for value in expected]
    assert rule.exits(frame).tolist() == ((close >= high) | np.array(failed, bool)).tolist()


def test_bounce_is_bought_after_the_fall_not_in_it() -> None:
    calm = [100.0 + 0.1 * (-1) ** row for row in range(40)]
    rule = BollingerBounceRule()
    frame = rule.indicators(candles_of([*calm, 94.0, 97.5]))
    assert rule.candidates(frame).nonzero()[0].tolist() == [41]


def test_bands_too_narrow_to_pay_for_the_trade_give_no_candidate() -> None:
    calm = [100.0 + 0.01 * (-1) ** row for row in range(40)]
    rule = BollingerBounceRule()
    frame = rule.indicators(candles_of([*calm, 99.8, 100.0]))
    assert frame["band_width"].iloc[-1] < rule.width_frac
    assert not rule.candidates(frame).any()
