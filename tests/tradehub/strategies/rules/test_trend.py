"""The trend rule against its own words, evaluated candle by candle."""

from __future__ import annotations

import pandas as pd
import pytest

from proratio_tradehub.strategies.rules import TrendRule
from tests.tradehub.strategies.rules.candles import candles_of, ema, random_candles, rsi


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return TrendRule().indicators(random_candles(3, 6_000))


def test_candidates_are_crosses_with_a_calm_rsi_on_more_than_mean_volume(
    frame: pd.DataFrame,
) -> None:
    close, volume = frame["close"].to_numpy(), frame["volume"].to_numpy()
    fast, slow, momentum = ema(close, 20), ema(close, 50), rsi(close, 14)
    expected = [
        row > 50
        and fast[row] > slow[row]
        and fast[row - 1] <= slow[row - 1]
        and 30 < momentum[row] < 70
        and volume[row] > volume[row - 19 : row + 1].mean()
        for row in range(len(frame))
    ]
    assert sum(expected) > 5
    assert TrendRule().candidates(frame).tolist() == expected


def test_exits_are_reverse_crosses_or_overbought_candles(frame: pd.DataFrame) -> None:
    close = frame["close"].to_numpy()
    fast, slow, momentum = ema(close, 20), ema(close, 50), rsi(close, 14)
    expected = [
        bool(momentum[row] > 70)
        or (row > 50 and slow[row] > fast[row] and slow[row - 1] <= fast[row - 1])
        for row in range(len(frame))
    ]
    assert TrendRule().exits(frame).tolist() == expected


def test_flat_market_gives_no_candidate() -> None:
    rule = TrendRule()
    assert not rule.candidates(rule.indicators(candles_of([100.0] * 300))).any()
