"""Clients and whether an exchange answers."""

from __future__ import annotations

import socket
import time

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError
from proratio_core.exchange import open_client, reachable
from proratio_core.exchange.access import open_listening_client
from proratio_core.replay import Fault, FaultKind, ReplayServer
from proratio_core.replay.faults import Traffic
from tests.wire.markets import START, candles, spot_market


def test_a_misspelt_exchange_gets_a_suggestion() -> None:
    with pytest.raises(ConfigurationError, match=r"no exchange .binanse.*did you mean binance"):
        open_client("binanse")


def test_the_simulated_market_has_no_exchange_to_ask() -> None:
    with pytest.raises(ConfigurationError, match="no exchange 'simulated'"):
        open_client("simulated")


def test_a_replay_has_to_be_somewhere() -> None:
    with pytest.raises(ConfigurationError, match="no exchange 'replay'"):
        open_client("replay")
    with pytest.raises(ConfigurationError, match="streams of 'replay' are not supported"):
        open_listening_client("replay")


def test_a_replay_cannot_stand_in_for_another_interface() -> None:
    with pytest.raises(ConfigurationError, match="cannot stand in for kraken"):
        open_client("kraken", url="http://127.0.0.1:1")


def test_a_url_replaces_every_public_address_and_the_request_pause() -> None:
    client = open_client("binance", url="http://127.0.0.1:1/", timeout_s=2.5)
    used = ("public", "fapiPublic", "fapiPublicV2", "fapiPublicV3", "fapiData")
    assert all(client.urls["api"][name].startswith("http://127.0.0.1:1/") for name in used)
    assert (client.timeout, client.enableRateLimit) == (2500, False)


def test_the_real_exchange_is_asked_within_its_rate_limit() -> None:
    assert open_client("binance").enableRateLimit is True
    assert open_client("coinbase").id == "coinbase"


def test_an_exchange_that_answers_is_reachable() -> None:
    with ReplayServer([spot_market(candles(2))], FixedClock(START), record="binance") as server:
        assert reachable("binance", url=server.url)
        server.faults.add(Fault(FaultKind.BAN, seconds=60))
        server.faults.next(START.timestamp(), Traffic.ROWS)
        assert not reachable("binance", url=server.url)


def test_nobody_listening_is_unreachable_at_once() -> None:
    assert not reachable("binance", url="http://127.0.0.1:1")


def test_a_silent_exchange_is_unreachable_after_the_timeout_and_not_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        open_client("binance", url=url)  # the import is not what is measured
        began = time.monotonic()
        assert not reachable("binance", url=url, timeout_s=0.5)
        assert 0.4 < time.monotonic() - began < 1.5


def test_without_a_network_the_exchange_is_unreachable_within_seconds() -> None:
    began = time.monotonic()
    assert not reachable("binance", timeout_s=1.0)  # the test suite refuses every way out
    assert time.monotonic() - began < 3
