"""Which failures leave an order's fate open, and how the exchange is asked for it."""

from __future__ import annotations

from typing import Any

import ccxt
import pytest

from proratio_core.exchange import (
    OpenQuestion,
    acceptance_window_s,
    find_order,
    is_outcome_open,
    refusal,
)


@pytest.mark.parametrize(
    "error",
    [
        ccxt.RequestTimeout("timed out"),
        ccxt.ExchangeNotAvailable("503"),
        ccxt.NetworkError("connection reset"),
        ccxt.BadResponse("half a document"),
        ccxt.OperationFailed("-1006"),
        ccxt.DuplicateOrderId("taken"),
        ccxt.ExchangeError("Duplicate order sent."),
        KeyError("orderId"),
    ],
    ids=repr,
)
def test_what_may_have_been_accepted_is_open(error: Exception) -> None:
    assert is_outcome_open(error)


@pytest.mark.parametrize(
    "error",
    [
        ccxt.InsufficientFunds("too little"),
        ccxt.InvalidOrder("too small"),
        ccxt.AuthenticationError("no such key"),
        ccxt.ExchangeError("-2010 rejected"),
        ccxt.DDoSProtection("418"),
        ccxt.RateLimitExceeded("429"),
        ccxt.InvalidNonce("-1021"),
    ],
    ids=repr,
)
def test_what_the_exchange_refused_or_did_not_read_is_not(error: Exception) -> None:
    assert not is_outcome_open(error)
    assert is_outcome_open(error, server_failed=True)


class Lists:
    """An exchange that cannot be asked by name and knows orders in two lists."""

    id = "kraken"
    options: dict[str, Any] = {}  # noqa: RUF012  # as ccxt's
    has = {"fetchOpenOrders": True, "fetchClosedOrders": True}  # noqa: RUF012  # as ccxt's

    def __init__(self, *, away: bool = False) -> None:
        self._away = away

    def fetch_open_orders(self, symbol: str, since: int) -> list[dict[str, Any]]:
        if self._away:
            raise ccxt.RequestTimeout("silence")
        return [{"id": "1", "clientOrderId": "other"}]

    def fetch_closed_orders(self, symbol: str, since: int) -> list[dict[str, Any]]:
        return [{"id": "2", "clientOrderId": "mine"}]

    def fetch_orders(self, symbol: str, since: int) -> list[dict[str, Any]]:
        raise AssertionError("not one of its abilities")


def test_where_no_name_can_be_asked_for_open_and_closed_orders_are_looked_through() -> None:
    found = find_order(Lists(), "BTC/USDT", "mine", is_stop=False, since_ms=0)
    assert found is not None
    assert found["id"] == "2"
    assert find_order(Lists(), "BTC/USDT", "absent", is_stop=False, since_ms=0) is None


def test_silence_is_no_answer() -> None:
    with pytest.raises(OpenQuestion, match="silence"):
        find_order(Lists(away=True), "BTC/USDT", "mine", is_stop=False, since_ms=0)


def test_how_long_an_order_may_still_be_accepted_is_what_was_sent_with_it() -> None:
    assert acceptance_window_s(ccxt.binance()) == 10.0
    assert acceptance_window_s(Lists()) == 30.0


def test_a_refusal_of_ours_is_one_that_freqtrade_understands() -> None:
    assert isinstance(refusal("later", is_open=True), ccxt.OperationFailed)
    assert isinstance(refusal("no", is_open=False), ccxt.InvalidOrder)
