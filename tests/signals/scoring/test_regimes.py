from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.clock import from_ms
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.scoring.regimes import (
    REGIMES,
    UNKNOWN,
    is_quiet,
    quiet_candles,
    regime_of,
    regimes_of,
)
from proratio_signals.snapshot import WINDOW_CANDLES, Windows


@pytest.mark.parametrize(
    ("volatility", "efficiency", "moved", "name"),
    [
        (1.0, 0.5, 0.03, "rising"),
        (1.0, 0.5, -0.03, "falling"),
        (1.0, 0.1, -0.03, "ranging"),
        (2.0, 0.5, -0.03, "turbulent"),
        (1.5, 0.25, 0.0, "rising"),
    ],
)
def test_regime_follows_from_the_facts(
    volatility: float, efficiency: float, moved: float, name: str
) -> None:
    facts = {
        "volatility_ratio": volatility,
        "path_efficiency_48_frac": efficiency,
        "return_72_frac": moved,
    }

    assert REGIMES[regime_of(facts)] == name


@pytest.mark.parametrize(
    ("volatility", "quiet"), [(0.5, True), (2 / 3, False), (1.0, False), (2.0, False)]
)
def test_quiet_is_less_than_two_thirds_of_the_windows_volatility(
    volatility: float, quiet: bool
) -> None:
    assert is_quiet({"volatility_ratio": volatility}) is quiet


def test_every_candle_is_judged_as_its_snapshot_is() -> None:
    frame = turning_market(1_400)
    key = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)
    windows = Windows(frame, key)
    regimes, quiet = regimes_of(frame["close"]), quiet_candles(frame["close"])
    assert (regimes[: WINDOW_CANDLES - 1] == UNKNOWN).all()
    assert set(regimes[WINDOW_CANDLES - 1 :]) == set(range(len(REGIMES)))
    assert quiet.any()
    closes = open_times_ms(frame) + key.timeframe.ms
    for row in range(WINDOW_CANDLES - 1, len(frame), 7):
        facts = windows.at(from_ms(int(closes[row]))).facts
        assert (regimes[row], quiet[row]) == (regime_of(facts), is_quiet(facts)), row


def test_appending_future_candles_never_changes_a_regime() -> None:
    close = turning_market(900)["close"]
    whole, quiet = regimes_of(close), quiet_candles(close)
    for cut in (1, 239, 240, 241, 500, 899):
        assert (regimes_of(close[:cut]) == whole[:cut]).all()
        assert (quiet_candles(close[:cut]) == quiet[:cut]).all()


def test_a_market_that_stands_still_ranges() -> None:
    still = pd.Series([100.0] * 300)
    assert set(regimes_of(still)[WINDOW_CANDLES - 1 :]) == {REGIMES.index("ranging")}
    assert not quiet_candles(still).any()


def turning_market(rows: int) -> pd.DataFrame:
    """Return hourly candles whose drift and volatility change every hundred rows."""
    random = np.random.default_rng(11)
    stretch = np.arange(rows) // 100
    drift = np.take([0.004, 0.0, -0.004, 0.0], stretch % 4)
    spread = np.take([0.003, 0.003, 0.004, 0.001, 0.02, 0.003], stretch % 6)
    close = 100 * np.exp(np.cumsum(drift + spread * random.normal(size=rows)))
    values = dict.fromkeys(("open", "high", "low", "close"), close)
    return make_frame(
        np.arange(rows, dtype=np.int64) * 3_600_000, {**values, "volume": np.ones(rows)}
    )
