"""A year: what belongs to it, whose it is, and what is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.marks import Mark
from proratio_tradehub.tax.report import Pool, tax_report
from tests.tradehub.journal.made import HOUR, NOW, a_trade, closed

OTHER = "second dry_run binance spot"


def sold_at(moment: datetime, **changes: Any) -> AccountTrade:
    return a_trade(opened_at=moment - HOUR, **(closed(closed_at=moment) | changes))


@pytest.mark.parametrize(
    ("zone", "year", "sales"),
    [(UTC, 2024, 0), (UTC, 2025, 1), (ZoneInfo("America/New_York"), 2024, 1)],
)
def test_a_year_begins_at_midnight_where_the_taxpayer_lives(
    zone: Any, year: int, sales: int
) -> None:
    report = tax_report([sold_at(datetime(2025, 1, 1, 3, tzinfo=UTC))], year=year, zone=zone)
    assert len(report.realisations) == sales


def test_sums_are_of_the_year_and_tell_long_from_short() -> None:
    old = a_trade(opened_at=NOW - timedelta(days=400), **closed())
    lost = a_trade(entry_order_id="2", **closed(close_rate=90.0, fee_close_quote=0.09))
    future = a_trade(entry_order_id="3", opened_at=NOW, **closed(closed_at=NOW + timedelta(400)))
    report = tax_report([old, lost, future], year=2024, zone=UTC)
    (total,) = report.totals
    assert total.gains_quote == total.long_term_quote == Decimal("9.79")
    assert total.losses_quote == Decimal("-10.19")
    assert total.net_quote == Decimal("-0.40")
    (lot,) = report.lots
    assert lot.cost_quote == Decimal("100.1")
    assert report.marks == {Mark.PAPER}


def test_a_contract_counts_in_the_currency_it_is_settled_in() -> None:
    report = tax_report([a_trade(symbol="BTC/USDT:USDT", **closed())], year=2024, zone=UTC)
    (total,) = report.totals
    assert total.contracts_quote == total.net_quote == Decimal("9.79")
    assert not report.realisations


def test_a_pool_of_all_takes_the_oldest_wherever_it_is_but_never_paper_for_real_money() -> None:
    early = a_trade(opened_at=NOW - 2 * HOUR, open_rate=50.0)
    late = a_trade(account=OTHER, opened_at=NOW - HOUR, **closed())
    real = a_trade(account="bot live binance spot", opened_at=NOW, **closed())
    of_account = tax_report([early, late, real], year=2024, zone=UTC)
    of_all = tax_report([early, late, real], year=2024, zone=UTC, pool=Pool.ALL)
    gains = [
        sorted(one.gain_quote for one in report.realisations) for report in (of_account, of_all)
    ]
    assert gains == [[Decimal("9.79")] * 2, [Decimal("9.79"), Decimal("59.79")]]


def test_a_part_that_was_sold_unseen_is_said() -> None:
    report = tax_report([a_trade(amount=0.6, profit_quote=2.0)], year=2024, zone=UTC)
    (note,) = report.notes
    assert "partly sold" in note
    assert "left out" in note


def test_nothing_is_an_empty_year() -> None:
    report = tax_report([], year=2024, zone=UTC)
    assert report.totals == report.realisations == report.lots == report.notes == ()
