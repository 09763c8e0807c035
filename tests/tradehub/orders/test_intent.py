"""What an order is for, and how it is named."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from proratio_tradehub.orders import OrderIntent, Purpose, new_name, purpose_of


def test_names_are_what_every_exchange_allows_and_never_the_same() -> None:
    names = {new_name() for _ in range(1_000)}
    assert len(names) == 1_000
    assert all(re.fullmatch(r"pr[a-z2-7]{16}", name) for name in names)


@pytest.mark.parametrize(
    ("side", "params", "is_contract", "purpose"),
    [
        ("buy", {}, False, Purpose.OPEN),
        ("sell", {}, False, Purpose.CLOSE),
        ("sell", {"stopPrice": 1.0}, False, Purpose.STOP),
        ("sell", {}, True, Purpose.OPEN),
        ("sell", {"reduceOnly": True}, True, Purpose.CLOSE),
        ("buy", {"reduceOnly": True}, True, Purpose.CLOSE),
        ("buy", {"stopPrice": 1.0, "reduceOnly": True}, True, Purpose.STOP),
    ],
)
def test_purposes(
    side: str, params: dict[str, object], is_contract: bool, purpose: Purpose
) -> None:
    assert purpose_of(side, params, is_contract=is_contract) is purpose


def test_it_reads_as_what_it_is() -> None:
    intent = OrderIntent(
        name="prx", at=datetime(2024, 1, 1, tzinfo=UTC), symbol="BTC/USDT", side="sell",
        kind="stop_loss_limit", purpose=Purpose.STOP, amount=0.5, price=99.0, stop_price=100.0,
    )  # fmt: skip
    assert str(intent) == "sell 0.5 BTC/USDT from 100 at 99 (stop, prx)"
