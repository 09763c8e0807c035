from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.errors import ConfigurationError, DataError
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.facts import Candles, measure
from proratio_signals.opinions import Action, Opinion
from proratio_signals.profile import Voter, load_profile
from proratio_signals.prompts import render
from proratio_signals.providers.rules import create, judge
from proratio_signals.snapshot import Windows, take_snapshot
from tests.signals.samples import BTC, ROLES, candle_frame, close_of

SNAPSHOT = take_snapshot(candle_frame(400), BTC, close_of(300))


def _wave(step: float, *, noise: float = 0.002, volume_follows: bool = True) -> dict[str, float]:
    moves = step + noise * np.tile([1.0, -1.0], 120)
    close = 100 * np.exp(np.cumsum(moves))
    opened = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(opened, close) * 1.0005, np.minimum(opened, close) * 0.9995
    crowd = np.where((moves > 0) == (step > 0), 3.0, 1.0) if volume_follows else np.ones(240)
    return measure(Candles(opened, high, low, close, crowd * 100))


@pytest.mark.parametrize(
    ("role", "step"), [("technical", 0.0006), ("risk", 0.0003), ("sentiment", 0.0006)]
)
def test_clean_rise_is_bought_and_clean_fall_sold(role: str, step: float) -> None:
    assert judge(role, _wave(step)).action is Action.BUY
    assert judge(role, _wave(-step)).action is Action.SELL


def test_risk_refuses_to_run_after_a_stretched_price() -> None:
    opinion = judge("risk", {**_wave(0.0006), "distance_from_ema_50_atr": 6.0})

    assert opinion.action is Action.HOLD
    assert "price stretched from its mean: danger 1.00" in opinion.factors


@pytest.mark.parametrize("role", ["technical", "sentiment"])
def test_market_going_nowhere_is_held(role: str) -> None:
    flat = Candles(*(np.full(240, 10.0) for _ in range(5)))

    assert judge(role, measure(flat)).action is Action.HOLD


def test_risk_refuses_a_violent_market() -> None:
    opinion = judge("risk", _wave(0.001, noise=0.03))

    assert opinion.action is Action.HOLD
    assert any(text.startswith("ordinary noise against the stop") for text in opinion.factors)


def test_risk_is_less_sure_the_wilder_the_market() -> None:
    calm, wild = (judge("risk", _wave(0.0002, noise=noise)) for noise in (0.002, 0.01))

    assert calm.confidence > wild.confidence


@settings(max_examples=60)
@given(seed=st.integers(0, 100_000), role=st.sampled_from(ROLES))
def test_any_market_gives_a_valid_opinion_labelled_as_rules(seed: int, role: str) -> None:
    frame = candle_frame(240, seed=seed)
    facts = measure(Candles(*(frame[name].to_numpy() for name in Candles._fields)))

    opinion = judge(role, facts)  # the value checks its own ranges

    assert opinion.reasoning.startswith(f"Rules over prices ({role}), not a language model")
    assert np.sign(opinion.expected_return_frac) in {0, opinion.action.code}
    assert opinion.factors or opinion.risks


def test_provider_answers_from_the_snapshot_of_its_prompt() -> None:
    voter = load_profile("offline").voters[0]
    provider = create(voter, Settings())

    answer = asyncio.run(provider.ask(render("technical", "v1", SNAPSHOT), deadline_s=1.0))
    asyncio.run(provider.close())

    assert answer.result == judge("technical", SNAPSHOT.facts)
    assert isinstance(answer.result, Opinion)
    assert (answer.served_model, answer.cost_usd) == ("rules-technical-1", 0.0)


def test_another_model_name_is_refused() -> None:
    voter = Voter(name="x", provider="rules", role="risk", weight=1.0, model="gpt")

    with pytest.raises(ConfigurationError, match="this version has 'rules-risk-1'"):
        create(voter, Settings())


def test_part_of_the_trend_crosses_of_2024_find_a_consensus(market_data: Path) -> None:
    """Participation, not profit: the only thing the constants were chosen by."""
    scores = [score for pair in ("BTC", "ETH") for score in _scores_of_crosses(market_data, pair)]

    assert len(scores) > 50
    assert 0.3 <= np.mean(np.array(scores) > 0.6) <= 0.6


def _scores_of_crosses(market_data: Path, base: str) -> list[float]:
    frame = pd.read_feather(market_data / "binance" / f"{base}_USDT-1h.feather")
    fast, slow = talib.EMA(frame["close"], 20), talib.EMA(frame["close"], 50)
    rsi, mean_volume = talib.RSI(frame["close"], 14), talib.SMA(frame["volume"], 20)
    cross = (fast > slow) & (fast.shift() <= slow.shift()) & (rsi > 30) & (rsi < 70)
    in_2024 = frame["date"].dt.year == 2024
    windows = Windows(frame, SeriesKey("binance", Pair(base, "USDT"), Timeframe.H1))
    weights = {voter.role: voter.weight for voter in load_profile("offline").voters}
    scores = []
    for opened in frame["date"][cross & in_2024 & (frame["volume"] > mean_volume)]:
        try:
            facts = windows.at((opened + pd.Timedelta(hours=1)).to_pydatetime()).facts
        except DataError:
            continue
        opinions = {role: judge(role, facts) for role in ROLES}
        scores.append(
            sum(weights[r] * o.confidence for r, o in opinions.items() if o.action is Action.BUY)
        )
    return scores
