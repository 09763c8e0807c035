from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal.writing import record_trades
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports import Period, read_period
from tests.tradehub.reports.made import ACCOUNT, DAY, a_closed, fill


def test_a_day_has_all_that_happened_on_it(database: Database) -> None:
    fill(database)
    found = read_period(database, ACCOUNT, Period.day(DAY))
    assert (found.mark, found.quote, found.is_empty) == (Mark.PAPER, "USDT", False)
    assert (len(found.opened), len(found.closed), len(found.still_open)) == (3, 2, 1)
    assert found.total.profit_quote == pytest.approx(5.79)
    assert [one.name for one in found.by_pair] == ["BTC/USDT", "ETH/USDT"]
    assert [one.name for one in found.by_strategy] == ["Trend"]
    assert found.curve.last_quote == 1_005.8


def test_a_trade_closed_tomorrow_is_open_today_and_not_opened_tomorrow(
    database: Database,
) -> None:
    record_trades(database, [a_closed(1, hours=11.5)])
    today, tomorrow = (
        read_period(database, ACCOUNT, Period.day(DAY + timedelta(days=days))) for days in (0, 1)
    )
    assert (len(today.opened), len(today.closed), len(today.still_open)) == (1, 0, 1)
    assert (len(tomorrow.opened), len(tomorrow.closed), len(tomorrow.still_open)) == (0, 1, 0)


def test_a_day_nobody_recorded_is_empty(database: Database) -> None:
    found = read_period(database, ACCOUNT, Period.day(DAY))
    assert found.is_empty
    assert (found.quote, found.total.closed) == ("quote", 0)
