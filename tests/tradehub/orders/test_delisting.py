"""What is held and no longer traded is told once."""

from __future__ import annotations

from proratio_tradehub.orders import DelistingWatch

TRADED = {"active": True}


def test_a_held_pair_that_is_gone_or_no_longer_active_is_told_once() -> None:
    told: list[str] = []
    watch = DelistingWatch(told.append)
    held = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    for _ in range(3):
        watch.look(held, {"BTC/USDT": TRADED, "ETH/USDT": {"active": False}})
    assert [text.split(" ")[0] for text in told] == ["ETH/USDT", "SOL/USDT"]


def test_one_that_came_back_is_told_again_when_it_goes() -> None:
    told: list[str] = []
    watch = DelistingWatch(told.append)
    for markets in ({}, {"BTC/USDT": TRADED}, {}):
        watch.look(["BTC/USDT"], markets)
    assert len(told) == 2


def test_an_exchange_that_does_not_say_what_is_active_trades_what_it_lists() -> None:
    told: list[str] = []
    DelistingWatch(told.append).look(["BTC/USDT"], {"BTC/USDT": {"active": None}})
    assert told == []
