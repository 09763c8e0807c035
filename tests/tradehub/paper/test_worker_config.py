from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from freqtrade.enums import RunMode

from proratio_core.settings import Settings
from proratio_core.values import Pair
from proratio_tradehub.paper.worker_config import worker_config
from tests.tradehub.paper.test_plan import PLAN

HERE = Settings(PRORATIO_USER_DATA=Path(__file__).parents[3] / "user_data")


def test_a_session_is_dry_marked_as_a_replay_and_costs_what_a_backtest_costs() -> None:
    config = worker_config(PLAN, HERE, startup_candles=100)

    assert (config["runmode"], config["dry_run"]) == (RunMode.DRY_RUN, True)
    assert config["proratio"]["source"] == "replay"
    assert config["proratio"]["virtual_time"]
    assert config["fee"] == 0.002
    assert config["db_url"] == "sqlite://"  # in memory: nothing of it stays
    assert config["exchange"]["pair_whitelist"] == ["BTC/USDT"]


def test_nobody_outside_is_told_and_no_key_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREQTRADE__TELEGRAM__ENABLED", "true")
    monkeypatch.setenv("FREQTRADE__EXCHANGE__KEY", "k")

    config = worker_config(PLAN, HERE, startup_candles=100)

    assert not {"telegram", "api_server", "webhook"} & config.keys()
    assert config["exchange"]["key"] == ""


def test_a_long_look_back_is_fetched_in_few_answers() -> None:
    short, long = (
        worker_config(PLAN, HERE, startup_candles=count)["exchange"]["_ft_has_params"]
        for count in (100, 1_600)
    )

    assert (short, long) == ({"ohlcv_candle_limit": 200}, {"ohlcv_candle_limit": 401})


def test_perpetuals_are_asked_for_at_the_addresses_of_perpetuals() -> None:
    plan = replace(PLAN, pairs=(Pair.parse("BTC/USDT:USDT"),), risk="perpetuals", profile="none")

    config = worker_config(plan, HERE, startup_candles=100)

    assert config["trading_mode"] == "futures"
    urls = config["exchange"]["ccxt_config"]["urls"]["api"]
    assert {name: url.rpartition("/")[2] for name, url in urls.items()} == {
        "fapiPublic": "v1",
        "fapiPublicV2": "v2",
        "fapiPublicV3": "v3",
        "fapiData": "data",
    }
    assert (config["proratio"]["risk"], config["proratio"]["profile"]) == ("perpetuals", "none")
