"""The engine's configuration says what the specification says."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_config import engine_config
from proratio_quantlab.specification import Specification

_REPOSITORY = Path(__file__).parents[2]
_RUN = Specification(
    strategy="AIEnhancedTrend",
    exchange="simulated",
    pairs=(Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")),
    timeframe=Timeframe.H4,
    timerange=Timerange.parse("20240101-20250101"),
    profile="offline",
    profile_hash="",
    starting_balance=5_000.0,
    fee_frac=0.001,
    slippage_frac=0.0005,
    max_open_trades=2,
    code_hash="",
    config_hash="",
    data_versions=(),
    ledger_version=0,
)


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    for file in (_REPOSITORY / "user_data").glob("config*.json"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_specification_stands_above_the_files(user_data: Path) -> None:
    config = engine_config(_RUN, user_data)
    assert config["exchange"]["pair_whitelist"] == ["BTC/USDT", "ETH/USDT"]
    assert config["timeframe"] == "4h"
    assert config["timerange"] == "20240101-20250101"
    assert config["dry_run_wallet"] == 5_000.0
    assert config["max_open_trades"] == 2
    assert config["datadir"] == user_data / "data" / "simulated"
    assert config["proratio"] == {"profile": "offline", "parameters": {}, "seed": 0}
    assert config["backtest_cache"] == "none"


def test_fee_carries_the_slippage_too(user_data: Path) -> None:
    assert engine_config(_RUN, user_data)["fee"] == pytest.approx(0.0015)


def test_ungated_twin_is_told_to_ask_nobody(user_data: Path) -> None:
    assert engine_config(_RUN.ungated(), user_data)["proratio"]["profile"] == "none"


def test_perpetual_pairs_bring_the_futures_overlay(user_data: Path) -> None:
    run = replace(_RUN, pairs=(Pair.parse("BTC/USDT:USDT"),))
    assert engine_config(run, user_data)["trading_mode"] == "futures"
    assert engine_config(_RUN, user_data)["trading_mode"] == "spot"


def test_freqtrades_environment_variables_count(
    user_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREQTRADE__TRADABLE_BALANCE_RATIO", "0.5")
    assert engine_config(_RUN, user_data)["tradable_balance_ratio"] == 0.5


def test_parameters_reach_the_strategy_and_the_stop_freqtrade_itself(user_data: Path) -> None:
    config = engine_config(_RUN.varied({"fast_candles": 9, "stoploss": -0.02}), user_data)
    assert config["proratio"]["parameters"] == {"fast_candles": 9, "stoploss": -0.02}
    assert config["stoploss"] == -0.02
    assert "stoploss" not in engine_config(_RUN, user_data)
