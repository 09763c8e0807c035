"""Tables have their columns even when they are empty, and exact figures."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

from proratio_tradehub.tax import contracts_frame, lots_frame, realised_frame, tax_report
from tests.tradehub.journal.made import a_trade, closed


def test_each_table_has_its_rows() -> None:
    trades = [
        a_trade(**closed()),
        a_trade(entry_order_id="2", symbol="ETH/USDT"),
        a_trade(entry_order_id="3", symbol="BTC/USDT:USDT", **closed()),
    ]
    report = tax_report(trades, year=2024, zone=UTC)
    (sale,) = realised_frame(report).to_dict("records")
    assert sale["gain_quote"] == Decimal("9.79")
    assert (sale["mark"], sale["held_days"], sale["asset"]) == ("PAPER", 0, "BTC")
    assert contracts_frame(report)["symbol"].tolist() == ["BTC/USDT:USDT"]
    assert lots_frame(report)["asset"].tolist() == ["ETH"]


def test_an_empty_year_has_the_same_columns() -> None:
    trades = [a_trade(**closed())]
    full, none = (tax_report(trades, year=year, zone=UTC) for year in (2024, 2023))
    for frame in (realised_frame, contracts_frame, lots_frame):
        assert list(frame(full).columns) == list(frame(none).columns)
