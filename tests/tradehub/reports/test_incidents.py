from __future__ import annotations

from datetime import timedelta

from proratio_core.database import Database
from proratio_tradehub.reports import Period
from proratio_tradehub.reports.incidents import read_incidents
from tests.tradehub.reports.made import ACCOUNT, DAY, fill


def test_orders_and_the_accounts_own_incidents_come_in_order(database: Database) -> None:
    fill(database)
    found = read_incidents(database, ACCOUNT, Period.day(DAY))
    assert [one.what for one in found] == [
        "halt by a test: because of storm",
        "BTC/USDT the stop <b>was</b> lost",
    ]
    assert [one.what[:4] for one in read_incidents(database, "other", Period.day(DAY))] == ["halt"]
    assert read_incidents(database, ACCOUNT, Period.day(DAY + timedelta(days=1))) == ()
