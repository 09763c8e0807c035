"""Whose money it is about."""

from __future__ import annotations

import pytest

from proratio_tradehub.marks import Mark


@pytest.mark.parametrize(
    ("account", "mark"),
    [
        ("freqtrade live binance spot", Mark.LIVE),
        ("my own bot dry_run binance futures", Mark.PAPER),
        ("freqtrade dry_run replay spot", Mark.SIMULATED),
        ("freqtrade live simulated spot", Mark.SIMULATED),
        ("freqtrade live testnet futures", Mark.SIMULATED),
        ("freqtrade backtest binance spot", Mark.SIMULATED),
        ("a name nobody knows", Mark.LIVE),
        ("", Mark.LIVE),
    ],
)
def test_an_account_that_is_not_understood_may_be_real_money(account: str, mark: Mark) -> None:
    assert Mark.of_account(account) is mark


def test_what_concerns_an_exchange_concerns_every_bot_there() -> None:
    assert Mark.of_exchange("binance") is Mark.EVERY_BOT
    assert Mark.of_exchange("replay") is Mark.SIMULATED
