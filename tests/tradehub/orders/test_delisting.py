"""What is held and no longer traded is told once."""

from __future__ import annotations

from proratio_tradehub.orders import DelistingWatch

TRADED = {"active": True}


def test_a_held_pair_that_is_gone_or_no_longer_active_is_told_once() -> None:
    told: list[tuple[str, str]] = []
    watch = DelistingWatch(lambda *words: told.append(words))
    held = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    for _ in range(3):
        watch.look(held, {"BTC/USDT": TRADED, "ETH/USDT": {"active": False}})
    assert [symbol for symbol, _ in told] == ["ETH/USDT", "SOL/USDT"]
    assert "no longer traded" in told[0][1]


def test_one_that_came_back_is_told_again_when_it_goes() -> None:
    told: list[tuple[str, str]] = []
    watch = DelistingWatch(lambda *words: told.append(words))
    for markets in ({}, {"BTC/USDT": TRADED}, {}):
        watch.look(["BTC/USDT"], markets)
    assert len(told) == 2


def test_an_exchange_that_does_not_say_what_is_active_trades_what_it_lists() -> None:
    told: list[tuple[str, str]] = []
    watch = DelistingWatch(lambda *words: told.append(words))
    watch.look(["BTC/USDT"], {"BTC/USDT": {"active": None}})
    assert told == []
