"""Where it is not certain that no money is real, it is."""

from __future__ import annotations

from typing import Any

import ccxt
import pytest

from proratio_tradehub.stages import is_real_money

SPOT, FUTURES = "bot live binance spot", "bot live binance futures"
REPLAYED = "http://127.0.0.1:8099/api/v3"


def client(**urls: str) -> Any:
    """Return a ccxt client whose addresses are changed as a configuration does."""
    return ccxt.binance({"urls": {"api": urls}} if urls else {})


def test_an_exchanges_own_client_is_real_and_paper_is_not() -> None:
    assert is_real_money(SPOT, client())
    assert is_real_money(FUTURES, client())
    assert not is_real_money("bot dry_run binance spot", client())
    assert not is_real_money("bot dry_run replay spot", client())


def test_a_testnet_is_not_real() -> None:
    testnet = client()
    testnet.set_sandbox_mode(True)
    assert not is_real_money(SPOT, testnet)
    demo = client(**ccxt.binance().urls["demo"])
    assert not is_real_money("bot live testnet futures", demo)
    assert is_real_money("bot live testnet futures", client())


def test_a_replay_is_believed_where_orders_go_to_it() -> None:
    replayed = client(public=REPLAYED, private=REPLAYED)
    assert not is_real_money("bot live replay spot", replayed)
    perpetual = client(fapiPublic=REPLAYED, fapiPrivate=REPLAYED)
    assert not is_real_money("bot live replay futures", perpetual)


@pytest.mark.parametrize(
    ("account", "urls"),
    [
        ("bot live replay spot", {}),
        ("bot live replay spot", {"public": REPLAYED}),
        ("bot live replay futures", {"private": REPLAYED}),
        ("bot live simulated spot", {}),
        ("bot live binance spot", {"public": REPLAYED, "private": REPLAYED}),
    ],
    ids=str,
)
def test_a_name_alone_makes_nothing_invented(account: str, urls: dict[str, str]) -> None:
    assert is_real_money(account, client(**urls))


def test_a_client_that_says_nothing_is_taken_for_real() -> None:
    assert is_real_money("bot live replay spot", object())
