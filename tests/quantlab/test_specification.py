"""A specification names a run completely and survives its own JSON."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.specification import Specification

_BTC, _ETH = Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")
_RUN = Specification(
    strategy="AIEnhancedTrend",
    exchange="binance",
    pairs=(_BTC, _ETH),
    timeframe=Timeframe.H1,
    timerange=Timerange.parse("20240101-20250101"),
    profile="offline",
    profile_hash="abc",
    starting_balance=10_000.0,
    fee_frac=0.001,
    slippage_frac=0.001,
    max_open_trades=3,
    code_hash="c0de",
    config_hash="c0f1",
    data_versions=(("binance BTC/USDT 1h", 3), ("binance ETH/USDT 1h", 1)),
    ledger_version=77,
)
_OTHER: dict[str, Any] = {
    "strategy": "SimpleTestStrategy",
    "exchange": "simulated",
    "pairs": (_ETH, _BTC),
    "timeframe": Timeframe.M5,
    "timerange": Timerange.parse("20240101-20250102"),
    "profile": "local",
    "profile_hash": "abd",
    "starting_balance": 10_001.0,
    "fee_frac": 0.0011,
    "slippage_frac": 0.0,
    "max_open_trades": 2,
    "code_hash": "c0df",
    "config_hash": "c0f2",
    "data_versions": (("binance BTC/USDT 1h", 4), ("binance ETH/USDT 1h", 1)),
    "ledger_version": 78,
    "parameters": (("fast_candles", 10),),
    "seed": 1,
    "impact": 0.8,
    "risk_profile": "proratio",
    "risk_hash": "abe",
}


def test_json_round_trip_gives_an_equal_run_with_the_same_hash() -> None:
    again = Specification.from_json(json.loads(json.dumps(_RUN.to_json())))
    assert again == _RUN
    assert again.hash == _RUN.hash


@pytest.mark.parametrize("name", [field.name for field in fields(Specification)])
def test_every_field_changes_the_hash(name: str) -> None:
    assert replace(_RUN, **{name: _OTHER[name]}).hash != _RUN.hash


def test_open_timerange_survives_json() -> None:
    run = replace(_RUN, timerange=Timerange())
    assert Specification.from_json(run.to_json()) == run


def test_ungated_twin_asks_nobody_and_differs_in_nothing_else() -> None:
    twin = _RUN.ungated()
    assert not twin.is_gated
    assert replace(twin, profile="offline", profile_hash="abc", ledger_version=77) == _RUN


def test_simulated_candles_are_known_as_such() -> None:
    assert replace(_RUN, exchange="simulated").is_simulated
    assert not _RUN.is_simulated


@pytest.mark.parametrize("pairs", [(), (_BTC, _BTC)])
def test_no_pair_or_one_named_twice_is_refused(pairs: tuple[Pair, ...]) -> None:
    with pytest.raises(DataError, match="pair"):
        replace(_RUN, pairs=pairs)


def test_a_document_of_an_earlier_version_is_read_and_hashed_as_it_was() -> None:
    document = _RUN.to_json()

    assert not {"parameters", "seed", "impact"} & set(document)
    again = Specification.from_json(document)
    assert (again.parameters, again.seed, again.impact) == ((), 0, 0.0)
    assert again.hash == _RUN.hash


def test_the_order_of_parameters_means_nothing_and_later_ones_win() -> None:
    one = _RUN.varied({"fast_candles": 10, "rsi_low": 30.5})
    other = replace(_RUN, parameters=(("rsi_low", 30.5), ("fast_candles", 8)))

    assert other.varied({"fast_candles": 10}) == one
    assert Specification.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_variants_of_one_search_share_their_family() -> None:
    assert _RUN.family == "AIEnhancedTrend binance 1h BTC/USDT,ETH/USDT"
    assert _RUN.varied({"fast_candles": 10}).ungated().family == _RUN.family
    assert replace(_RUN, timeframe=Timeframe.M5).family != _RUN.family


def test_a_parameter_set_twice_or_a_senseless_impact_is_refused() -> None:
    with pytest.raises(DataError, match="twice"):
        replace(_RUN, parameters=(("a", 1), ("a", "x")))
    for impact in (-1.0, float("nan"), 1e9):
        with pytest.raises(DataError, match="impact"):
            replace(_RUN, impact=impact)
