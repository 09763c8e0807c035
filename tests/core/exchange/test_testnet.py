"""A test market is one only where every order goes there."""

from __future__ import annotations

from typing import Any

import ccxt
import pytest

from proratio_core.exchange import is_testnet

_DEMO: dict[str, str] = ccxt.binance().urls["demo"]


def _client(**config: Any) -> Any:
    return ccxt.binance(config)


def test_ccxts_sandbox_and_all_of_its_demo_addresses_are_a_testnet() -> None:
    assert is_testnet(_client(sandbox=True))
    assert is_testnet(_client(urls={"api": _DEMO}))


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"options": {"enableDemoTrading": True}},
        {"urls": {"api": {"fapiPrivate": _DEMO["fapiPrivate"]}}},
        {"urls": {"api": {**_DEMO, "private": "https://api.binance.com/api/v3"}}},
        {"urls": {"api": {**_DEMO, "private": "http://127.0.0.1:8099/api/v3"}}},
    ],
    ids=str,
)
def test_an_option_or_some_addresses_alone_are_none(config: dict[str, Any]) -> None:
    assert not is_testnet(_client(**config))


def test_a_client_that_says_nothing_is_none() -> None:
    assert not is_testnet(object())
    assert not is_testnet(ccxt.coinbase())
