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
from freqtrade.configuration.load_config import load_config_file
from freqtrade.enums import MarginMode, RunMode, TradingMode
from freqtrade.resolvers import ExchangeResolver

from proratio_core.exchange import is_testnet
from proratio_tradehub.orders import foreign_urls
from proratio_tradehub.risk import load_risk_profile
from proratio_tradehub.strategies import RuleStrategy
from tests.architecture.source_tree import ROOT
from tests.command_line import freqtrade_here

_FREQTRADE = Path(sys.executable).with_name("freqtrade")
_USER_DATA = ROOT / "user_data"
_OVERLAYS = sorted(path.name for path in _USER_DATA.glob("config-*.json"))
_SENDING = ["config-replay-live-futures.json", "config-replay-live.json"]
"""The overlays with which Freqtrade sends orders."""
_VENUES = (
    ("config-testnet.json",),
    ("config-futures.json", "config-testnet-futures.json"),
    ("config-coinbase.json",),
)
every_venue = pytest.mark.parametrize("overlays", _VENUES, ids=lambda overlays: overlays[-1])


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


def test_each_strategy_trades_on_the_candles_it_was_made_for() -> None:
    """A timeframe in a configuration outranks the strategy's own, in Freqtrade."""
    for name in ("config.json", *_OVERLAYS):
        assert "timeframe" not in load_config_file(str(_USER_DATA / name)), name


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


@every_venue
def test_a_venue_is_on_paper_has_trades_of_its_own_and_no_key(overlays: tuple[str, ...]) -> None:
    config = _shown(*overlays)
    assert config["dry_run"] is True
    raw = (_USER_DATA / overlays[-1]).read_text()
    name = overlays[-1].removeprefix("config-").removesuffix(".json")
    assert f'"sqlite:///tradesv3.{name}.sqlite"' in raw  # never among the trades with real money
    assert not any(config["exchange"].get(name) for name in ("key", "secret", "password"))
    assert not any(f'"{name}"' in raw for name in ("key", "secret", "password"))


@pytest.mark.parametrize("overlays", _VENUES[:2], ids=lambda overlays: overlays[-1])
def test_no_order_of_a_testnet_can_reach_the_exchange(overlays: tuple[str, ...]) -> None:
    config = _shown(*overlays)
    assert config["proratio"]["source"] == "testnet"
    assert is_testnet(ccxt.binance(config["exchange"]["ccxt_config"]))


def test_the_futures_testnet_is_ccxts_demo_trading_isolated_and_on_the_ladder() -> None:
    config = _shown("config-futures.json", "config-testnet-futures.json")
    urls = config["exchange"]["ccxt_config"]["urls"]["api"]
    assert urls == ccxt.binance().urls["demo"]
    assert (config["trading_mode"], config["margin_mode"]) == ("futures", "isolated")
    assert load_risk_profile(config["proratio"]["risk"]).ladder is not None
    sandbox = ccxt.binance({"sandbox": True, "apiKey": "k", "secret": "s"})
    with pytest.raises(ccxt.NotSupported, match="not supported for futures anymore"):
        sandbox.sign("balance", ["fapiPrivateV2"])  # why it is not ccxt's sandbox


@every_venue
def test_freqtrade_supports_what_a_venue_is_asked_for(overlays: tuple[str, ...]) -> None:
    stated = {"order_types": dict(RuleStrategy.order_types), **_shown(*overlays)}
    config = {**stated, "runmode": RunMode.OTHER}
    exchange = ExchangeResolver.load_exchange(config, validate=False, load_leverage_tiers=False)
    try:
        exchange.validate_ordertypes(config["order_types"])
        exchange.validate_pricing(config["exit_pricing"])
        exchange.validate_pricing(config["entry_pricing"])
        exchange.validate_trading_mode_and_margin_mode(
            TradingMode(config["trading_mode"]), MarginMode(config["margin_mode"])
        )
    finally:
        exchange.close()


def test_freqtrade_lists_the_strategies() -> None:
    done = _freqtrade(
        "list-strategies", "--userdir=user_data", "--config=user_data/config.json", "--no-color"
    )
    assert done.returncode == 0, done.stderr
    for name in ("AIEnhancedTrend", "SimpleTestStrategy"):
        line = next(line for line in done.stdout.splitlines() if name in line)
        assert "OK" in line
