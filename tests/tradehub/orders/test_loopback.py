"""Which addresses leave this machine."""

from __future__ import annotations

import pytest

from proratio_tradehub.orders import foreign_urls


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8099/api/v3",
        "http://127.9.9.9/api",
        "http://[::1]:8099/api/v3",
        "ws://localhost:8099/stream",
    ],
)
def test_this_machine_is_not_foreign(url: str) -> None:
    assert foreign_urls({"public": url}) == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.binance.com/api/v3",
        "http://127.0.0.1.example.org/api",
        "http://127.0.0.1@example.org/api",
        "http://0.0.0.0:8099/api",
        "http://192.168.0.7:8099/api",
        "api.binance.com",
    ],
)
def test_everything_else_is(url: str) -> None:
    assert foreign_urls({"public": "http://127.0.0.1/", "private": url}) == (url,)


def test_addresses_lie_in_groups_too() -> None:
    assert foreign_urls({"ws": {"spot": "wss://a.example", "linear": None}}) == ("wss://a.example",)
