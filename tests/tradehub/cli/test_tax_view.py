"""The sums of a year as they are printed."""

from __future__ import annotations

import io
from datetime import UTC

from rich.console import Console

from proratio_tradehub.cli.tax_view import show_tax
from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.tax import tax_report
from tests.tradehub.journal.made import a_trade, closed


def printed(*trades: AccountTrade) -> str:
    console = Console(file=io.StringIO(), width=100)
    show_tax(console, tax_report(trades, year=2024, zone=UTC))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_each_currency_has_its_column() -> None:
    spot = a_trade(**closed())
    contract = a_trade(
        symbol="ETH/USDC:USDC", quote="USDC", trade_id=2, entry_order_id="2", **closed()
    )
    text = printed(spot, contract)
    assert "USDC" in text
    assert "USDT" in text
    assert "Result of 1 contracts, funding included" in text
    assert "No advice." in text


def test_real_money_alone_is_not_called_paper() -> None:
    text = printed(a_trade(account="bot live binance spot", **closed()))
    assert "no real money" not in text


def test_of_many_notes_the_first_are_shown_and_the_rest_counted() -> None:
    partly = {"amount": 0.6, "profit_quote": 1.0}
    trades = [a_trade(trade_id=i, entry_order_id=str(i), **partly) for i in range(12)]
    text = printed(*trades)
    assert "and 2 more of the kind" in text
