"""The options of `proratio replay` that say who trades, and with what."""

from __future__ import annotations

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.values import Market
from proratio_tradehub.cli.replay_trader import credentials_of, open_trader, parse_balances
from tests.wire.markets import candles, spot_market


def test_a_key_is_made_up_for_every_run_unless_both_halves_are_given() -> None:
    first, made_up = credentials_of(None, None)
    second, _ = credentials_of(None, None)
    assert made_up
    assert (first.key, first.secret) != (second.key, second.secret)
    given, made_up = credentials_of("k", "s")
    assert (given.key, given.secret, made_up) == ("k", "s", False)
    with pytest.raises(ConfigurationError, match="go together"):
        credentials_of("k", None)


def test_balances_are_asset_and_amount() -> None:
    assert parse_balances([]) == {"USDT": 10_000.0}
    assert parse_balances(["BTC=0.5", "USDT=0"]) == {"BTC": 0.5, "USDT": 0.0}


@pytest.mark.parametrize("text", ["USDT", "=5", "USDT=x", "USDT=-1", "USDT=inf", "USDT=nan"])
def test_what_is_no_balance_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="ASSET=AMOUNT"):
        parse_balances([text])


def test_an_asset_named_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="each asset once"):
        parse_balances(["USDT=1", "USDT=2"])


def test_the_trader_holds_the_balances() -> None:
    credentials, _ = credentials_of(None, None)
    trader = open_trader([spot_market(candles(2))], credentials, {"USDT": 7.0}, 0.1)
    assert trader.venue.spot.of("USDT").free == 7.0
    assert trader.venue.orders(market=Market.SPOT) == []
