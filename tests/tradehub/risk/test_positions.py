from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest

from proratio_core.errors import RiskError
from proratio_core.values import Pair
from proratio_tradehub.risk.positions import Position, asset_of
from proratio_tradehub.risk.sides import Side
from tests.tradehub.risk.made import BTC_PERP, a_position


def _short(**changes: Any) -> Position:
    """Return half a BTC sold at 60,000 with 3x, now at 58,000, with its stop at 61,000."""
    sold = {
        "pair": BTC_PERP,
        "side": Side.SHORT,
        "amount": 0.5,
        "entry_price": 60_000.0,
        "mark_price": 58_000.0,
        "stop_price": 61_000.0,
        "stake_quote": 10_000.0,
        "leverage": 3.0,
    }
    return a_position(**{**sold, **changes})


@pytest.mark.parametrize(
    ("symbol", "asset"),
    [
        ("BTC/USDT", "BTC"),
        ("BTC/USDT:USDT", "BTC"),
        ("1000PEPE/USDT:USDT", "PEPE"),
        ("1000000MOG/USDT:USDT", "MOG"),
        ("1INCH/USDT", "1INCH"),
        ("100X/USDT", "100X"),
        ("10000000AIDOGE/USDT", "10000000AIDOGE"),
    ],
)
def test_asset_of_a_pair_is_its_base_without_the_multiple(symbol: str, asset: str) -> None:
    assert asset_of(Pair.parse(symbol)) == asset


def test_long_position_marked_to_market() -> None:
    position = a_position(amount=2.0)

    assert position.asset == "ETH"
    assert position.notional_quote == 4_200.0
    assert position.unrealised_quote == 200.0
    assert position.planned_loss_quote == pytest.approx(2 * (2_100 - 1_900 + 0.0015 * 1_900))


def test_short_position_marked_to_market() -> None:
    position = _short()

    assert position.asset == "BTC"
    assert position.notional_quote == 29_000.0
    assert position.unrealised_quote == 1_000.0
    assert position.planned_loss_quote == pytest.approx(0.5 * (61_000 - 58_000 + 0.0015 * 61_000))


def test_stop_reached_already_plans_no_gain() -> None:
    assert a_position(mark_price=1_800.0).planned_loss_quote == 0.0
    assert _short(mark_price=62_000.0).planned_loss_quote == 0.0


def test_position_without_a_stop_may_lose_everything() -> None:
    assert a_position(stop_price=None).planned_loss_quote == 2_100.0
    assert _short(stop_price=None).planned_loss_quote == 11_000.0
    assert _short(stop_price=None, mark_price=85_000.0).planned_loss_quote == 0.0


@pytest.mark.parametrize(
    "name",
    ["amount", "entry_price", "mark_price", "stop_price", "stake_quote", "leverage"],
)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, "1"])
def test_number_that_is_not_above_zero_is_refused(name: str, value: object) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is .*; expected a finite number above zero"):
        a_position(**{name: value})


def test_costs_may_be_zero_but_not_below() -> None:
    assert a_position(exit_cost_frac=0.0).planned_loss_quote == 200.0
    with pytest.raises(RiskError, match=r"^exit_cost_frac is -0.1; expected .* at least zero"):
        a_position(exit_cost_frac=-0.1)


def test_naive_time_is_refused() -> None:
    with pytest.raises(RiskError, match=r"^opened_at is .*; expected a timezone-aware time in UTC"):
        a_position(opened_at=datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("changes", [{"pair": "ETH/USDT"}, {"side": "long"}])
def test_names_instead_of_values_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RiskError, match=r"^position in .*; expected Pair and Side$"):
        a_position(**changes)


def test_position_is_frozen() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        a_position().amount = 2.0  # type: ignore[misc]
    assert a_position(leverage=1.0) == a_position()
