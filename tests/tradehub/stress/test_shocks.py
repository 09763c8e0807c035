"""Shocks happen when they should, to valid candles, and change nothing before."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles.frame import OHLCV_COLUMNS
from proratio_core.candles.scenario import assets_of, generate
from proratio_core.values import Pair, Timeframe
from proratio_tradehub.stress.crashes import deepest_fall_frac
from proratio_tradehub.stress.shocks import SHOCKS, Shock

_ROW = 300
_PAIRS = [Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "SOL")]
_BY_NAME = {shock.name: shock for shock in SHOCKS}


@pytest.fixture(scope="module")
def market() -> dict[Pair, pd.DataFrame]:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return generate(assets_of(_PAIRS), Timeframe.H1, start=start, candles=500, seed=4)


def _struck(market: dict[Pair, pd.DataFrame], name: str) -> dict[Pair, pd.DataFrame]:
    return dict(_BY_NAME[name].strike(market, _ROW))


@pytest.mark.parametrize("shock", SHOCKS, ids=lambda shock: shock.name)
def test_candles_stay_valid_and_those_before_the_same(
    shock: Shock, market: dict[Pair, pd.DataFrame]
) -> None:
    copies = {pair: frame.copy() for pair, frame in market.items()}
    struck = shock.strike(market, _ROW)
    for pair, frame in struck.items():
        assert (frame["low"] <= frame[["open", "close"]].min(axis=1) + 1e-9).all()
        assert (frame["high"] >= frame[["open", "close"]].max(axis=1) - 1e-9).all()
        assert (frame[list(OHLCV_COLUMNS)] > 0).all().all()
        untouched = frame["date"] < copies[pair]["date"].iloc[_ROW - 24]
        assert frame[untouched].equals(copies[pair].iloc[: untouched.sum()])
        assert market[pair].equals(copies[pair])  # the market given is left alone


def test_a_gap_opens_a_fifth_lower(market: dict[Pair, pd.DataFrame]) -> None:
    for pair, frame in _struck(market, "gap").items():
        expected = market[pair]["open"].iloc[_ROW] * 0.8
        assert frame["open"].iloc[_ROW] == pytest.approx(expected)
        assert frame["high"].iloc[_ROW] < frame["close"].iloc[_ROW - 1]


def test_a_flash_crash_comes_back(market: dict[Pair, pd.DataFrame]) -> None:
    for pair, frame in _struck(market, "flash-crash").items():
        assert deepest_fall_frac(frame.iloc[_ROW : _ROW + 1]) > 0.38
        assert frame["close"].equals(market[pair]["close"])


def test_a_hole_has_little_volume_and_wide_candles(market: dict[Pair, pd.DataFrame]) -> None:
    for pair, frame in _struck(market, "liquidity-hole").items():
        hole = slice(_ROW, _ROW + 24)
        before = market[pair]
        assert frame["volume"].iloc[hole].to_numpy() == pytest.approx(
            before["volume"].iloc[hole].to_numpy() / 100
        )
        assert (frame["high"] - frame["low"])[hole].mean() > 1.5 * (before["high"] - before["low"])[
            hole
        ].mean()
        assert frame.iloc[_ROW + 24 :].equals(before.iloc[_ROW + 24 :])


def test_an_outage_leaves_a_day_out(market: dict[Pair, pd.DataFrame]) -> None:
    for pair, frame in _struck(market, "outage").items():
        assert len(frame) == len(market[pair]) - 24
        assert frame["date"].diff().max() == pd.Timedelta(hours=25)
        reopened = int(frame["date"].diff().idxmax())
        assert frame["open"].iloc[reopened] == pytest.approx(market[pair]["open"].iloc[_ROW] * 0.85)


def test_every_pair_becomes_one(market: dict[Pair, pd.DataFrame]) -> None:
    struck = _struck(market, "correlation-to-one")
    returns = np.column_stack(
        [frame["close"].pct_change().iloc[_ROW + 1 :] for frame in struck.values()]
    )
    assert np.corrcoef(returns.T) == pytest.approx(np.ones((3, 3)))
    leader = struck[_PAIRS[0]]["close"]
    assert leader.iloc[_ROW + 30] / market[_PAIRS[0]]["close"].iloc[_ROW + 30] == pytest.approx(
        0.67
    )
