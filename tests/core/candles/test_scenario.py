"""The SIMULATED market: reproducible, possible, and fair to every strategy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.candles.scenario import (
    TRENDING,
    Asset,
    Crash,
    assets_of,
    generate,
)
from proratio_core.candles.validation import check_frame, errors_of
from proratio_core.errors import DataError
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe
from tests.core.candles.candle_frames import START

BTC, ETH, OTHER = (Pair.parse(text) for text in ("BTC/USDT", "ETH/USDT", "LINK/USDT"))
ASSETS = assets_of([BTC, ETH, OTHER])
LATER = START + timedelta(days=4000)


def _market(candles: int = 2000, seed: int = 1, **options: Any) -> dict[Pair, pd.DataFrame]:
    return generate(ASSETS, Timeframe.M5, start=START, candles=candles, seed=seed, **options)


def test_same_seed_gives_the_same_market_and_another_seed_another() -> None:
    first, again, other = _market(seed=3), _market(seed=3), _market(seed=4)
    assert all(first[pair].equals(again[pair]) for pair in first)
    assert not first[BTC].equals(other[BTC])


def test_market_of_fewer_assets_is_the_same_market() -> None:
    alone = generate(ASSETS[:1], Timeframe.M5, start=START, candles=500, seed=1)
    assert alone[BTC].equals(_market(500)[BTC])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_every_candle_is_possible_and_on_the_tick(seed: int, crash: bool) -> None:
    fall = Crash(START + timedelta(hours=20), drop_frac=0.6) if crash else None
    for asset in ASSETS:
        frame = _market(600, seed, crash=fall)[asset.pair]
        key = SeriesKey(SIMULATED, asset.pair, Timeframe.M5)
        assert errors_of(check_frame(frame, key, now=LATER)) == ()
        for column in ("open", "high", "low", "close"):
            steps = frame[column].to_numpy() / asset.price_tick
            np.testing.assert_allclose(steps, np.rint(steps), atol=1e-4)
        np.testing.assert_array_equal(frame["open"][1:], frame["close"][:-1])


def test_penny_asset_never_falls_below_its_tick() -> None:
    penny = Asset(OTHER, 0.0002, 0.0001, 0.2)
    frame = generate([penny], Timeframe.H1, start=START, candles=5000, seed=1)[OTHER]
    assert frame["low"].min() >= 0.0001


def test_driftless_market_expects_to_end_where_it_began() -> None:
    asset = Asset(BTC, 50_000.0, 0.01, 0.03)
    ratios = np.array(
        [
            frame["close"].iloc[-1] / frame["open"].iloc[0]
            for seed in range(800)
            for frame in generate(
                [asset], Timeframe.H1, start=START, candles=24 * 14, seed=seed
            ).values()
        ]
    )
    standard_error = ratios.std(ddof=1) / np.sqrt(len(ratios))
    assert abs(ratios.mean() - 1) < 3.5 * standard_error


def test_returns_do_not_predict_the_next_one() -> None:
    returns = np.diff(np.log(_market(60_000)[BTC]["close"]))
    correlation = np.corrcoef(returns[:-1], returns[1:])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(len(returns))


def test_volatility_clusters_and_pairs_move_together() -> None:
    market = _market(60_000)
    btc, eth = (np.diff(np.log(market[pair]["close"])) for pair in (BTC, ETH))
    size = np.abs(btc)
    assert np.corrcoef(size[:-12], size[12:])[0, 1] > 0.05
    assert 0.4 < np.corrcoef(btc, eth)[0, 1] < 0.8


def test_trending_regimes_are_only_there_when_asked_for() -> None:
    plain, trending = _market(), _market(regimes=TRENDING)
    assert not plain[BTC].equals(trending[BTC])


def test_crash_falls_as_deep_as_it_says_and_recovers_as_far() -> None:
    crash = Crash(START + timedelta(days=2), drop_frac=0.5, fall=timedelta(hours=6))
    calm, crashed = _market(2000)[BTC], _market(2000, crash=crash)[BTC]
    ratio = (crashed["close"] / calm["close"]).to_numpy()
    before, bottom, after = 2 * 288 - 1, 2 * 288 + 71, 1900
    assert ratio[before] == pytest.approx(1.0)
    assert ratio[bottom] == pytest.approx(0.5, rel=1e-3)
    assert ratio[after] == pytest.approx(0.5**0.5, rel=1e-3)


@pytest.mark.parametrize("crash", [{"drop_frac": 1.0}, {"drop_frac": 0.0}, {"recovered_frac": 1.1}])
def test_impossible_crash_is_refused(crash: dict[str, float]) -> None:
    with pytest.raises(DataError, match="both are fractions"):
        Crash(START, **crash)


@pytest.mark.parametrize(
    "options",
    [
        {"candles": 0, "start": START},
        {"candles": 5, "start": START + timedelta(minutes=1)},
        {"candles": 5, "start": START, "correlation": 1.2},
    ],
)
def test_impossible_scenario_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="is not possible; ask for at least one"):
        generate(ASSETS, Timeframe.M5, seed=1, **options)


def test_unknown_asset_is_always_the_same_and_plausible() -> None:
    (first,), (again,) = assets_of([OTHER]), assets_of([OTHER])
    assert first == again
    assert 0 < first.price_tick <= first.start_price / 1000 * 1.01
    assert 0.01 < first.volatility_frac < 0.1
