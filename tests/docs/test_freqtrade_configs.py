"""The Freqtrade configurations in user_data are accepted by Freqtrade and say what they cost."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import ccxt
import pytest
import rapidjson

from proratio_tradehub.orders import foreign_urls
from tests.architecture.source_tree import ROOT
from tests.command_line import freqtrade_here

_FREQTRADE = Path(sys.executable).with_name("freqtrade")
_USER_DATA = ROOT / "user_data"
_OVERLAYS = sorted(path.name for path in _USER_DATA.glob("config-*.json"))
_SENDING = ["config-replay-live-futures.json", "config-replay-live.json"]
"""The overlays with which Freqtrade sends orders."""


def _freqtrade(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_FREQTRADE, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )


@cache
def _shown(*overlays: str) -> dict[str, Any]:
    options = [f"--config=user_data/{name}" for name in ("config.json", *overlays)]
    done = freqtrade_here("show-config", "--userdir=user_data", *options, folder=ROOT)
    document: dict[str, Any] = rapidjson.loads(done.stdout[done.stdout.index("{") :])
    return document


def test_paper_trading_needs_no_key_and_places_no_order() -> None:
    config = _shown()
    assert config["dry_run"] is True
    assert config["trading_mode"] == "spot"
    assert not config["exchange"].get("key")


def test_backtests_state_fee_and_slippage() -> None:
    config = _shown("config-backtest.json")
    assert config["fee"] == pytest.approx(0.001 + 0.001)
    assert config["backtest_cache"] == "none"


def test_futures_are_isolated_perpetuals() -> None:
    config = _shown("config-futures.json")
    assert (config["trading_mode"], config["margin_mode"]) == ("futures", "isolated")
    assert all(pair.endswith(":USDT") for pair in config["exchange"]["pair_whitelist"])


@pytest.mark.parametrize("overlay", sorted(set(_OVERLAYS) - set(_SENDING)))
def test_every_other_overlay_is_accepted_and_stays_in_dry_run(overlay: str) -> None:
    assert _shown(overlay)["dry_run"] is True


@pytest.mark.parametrize("overlay", _SENDING)
def test_where_orders_are_sent_every_address_ccxt_knows_is_this_machine_s(overlay: str) -> None:
    config = _shown(overlay)
    assert config["dry_run"] is False
    assert config["proratio"]["source"] == "replay"
    assert "replay" in config["db_url"]  # never among the trades with real money
    exchange = ccxt.binance(config["exchange"]["ccxt_config"])
    assert set(exchange.urls["api"]) == set(ccxt.binance().urls["api"])
    assert foreign_urls(exchange.urls["api"]) == ()


def test_freqtrade_lists_the_strategies() -> None:
    done = _freqtrade(
        "list-strategies", "--userdir=user_data", "--config=user_data/config.json", "--no-color"
    )
    assert done.returncode == 0, done.stderr
    for name in ("AIEnhancedTrend", "SimpleTestStrategy"):
        line = next(line for line in done.stdout.splitlines() if name in line)
        assert "OK" in line
