"""What a key may do, asked through the real ccxt of a replay exchange that checks signatures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ccxt
import pytest
from pydantic import SecretStr

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError, TransientError
from proratio_core.exchange.key_rights import (
    KeyRights,
    key_rights,
    open_account_client,
    require_trade_only,
)
from proratio_core.replay import ReplayServer
from proratio_core.replay.trading import (
    Credentials,
    PerpetualAccount,
    SpotAccount,
    Trader,
    Venue,
)
from tests.wire.markets import candles, spot_market

CLOCK = SystemClock()


@contextmanager
def exchange_with(credentials: Credentials) -> Iterator[str]:
    """Yield the address of a replay exchange, at this machine's time, whose only key this is."""
    markets = [spot_market(candles(2))]
    venue = Venue(markets, spot=SpotAccount({"USDT": 1.0}), perpetual=PerpetualAccount("USDT", 0.0))
    trader = Trader(venue, markets, credentials)
    with ReplayServer(markets, CLOCK, record="binance", trader=trader) as server:
        yield server.url


def _client(url: str, *, key: str = "k", secret: str = "s") -> Any:
    return open_account_client("binance", SecretStr(key), SecretStr(secret), url=url, timeout_s=3.0)


def test_a_key_that_trades_and_nothing_more_is_accepted() -> None:
    with exchange_with(Credentials("k", "s")) as url:
        rights = require_trade_only(_client(url), clock=CLOCK)
    assert str(rights) == "may trade spot, trade perpetuals; from named addresses alone"


def test_a_key_that_may_withdraw_is_refused_with_the_remedy() -> None:
    with exchange_with(Credentials("k", "s", can_withdraw=True)) as url:
        assert "WITHDRAW" in str(key_rights(_client(url), clock=CLOCK))
        with pytest.raises(ConfigurationError, match=r"may withdraw money.*make one that may only"):
            require_trade_only(_client(url), clock=CLOCK)


@pytest.mark.parametrize(("key", "secret"), [("canary-key", "s"), ("k", "canary-secret")])
def test_an_unknown_key_or_a_wrong_secret_is_a_wrong_set_up(key: str, secret: str) -> None:
    with (
        exchange_with(Credentials("k", "s")) as url,
        pytest.raises(ConfigurationError) as caught,
    ):
        key_rights(_client(url, key=key, secret=secret), clock=CLOCK)
    assert "canary" not in str(caught.value)


def test_an_exchange_that_is_away_may_be_asked_again() -> None:
    with pytest.raises(TransientError):
        key_rights(_client("http://127.0.0.1:1"), clock=CLOCK)


def test_an_exchange_that_does_not_tell_is_not_guessed_about() -> None:
    assert key_rights(ccxt.kraken(), clock=CLOCK) is None
    testnet = ccxt.binance({"apiKey": "k", "secret": "s"})
    testnet.set_sandbox_mode(True)
    assert require_trade_only(testnet, clock=CLOCK) is None


@pytest.mark.parametrize("may_transfer", [True, False])
def test_coinbase_has_one_right_for_transfers_and_withdrawals(*, may_transfer: bool) -> None:
    client = ccxt.coinbase()
    said = {"can_view": True, "can_trade": True, "can_transfer": may_transfer}
    client.v3_private_get_brokerage_key_permissions = lambda: said
    rights = key_rights(client, clock=CLOCK)
    assert rights is not None
    assert rights.can_withdraw is may_transfer


def test_a_key_that_only_reads_is_of_no_use_for_trading() -> None:
    client = ccxt.coinbase()
    said = {"can_view": True, "can_trade": False, "can_transfer": False}
    client.v3_private_get_brokerage_key_permissions = lambda: said
    assert "only read" in str(key_rights(client, clock=CLOCK))
    with pytest.raises(ConfigurationError, match="may only read; allow it to trade"):
        require_trade_only(client, clock=CLOCK)


def test_rights_read_as_a_sentence_where_the_address_is_not_known() -> None:
    rights = KeyRights(
        can_trade_spot=True,
        can_trade_perpetuals=False,
        can_withdraw=False,
        can_transfer=True,
        is_bound_to_address=None,
    )
    assert str(rights) == "may trade spot, transfer"
