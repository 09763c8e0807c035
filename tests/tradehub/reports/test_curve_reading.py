from __future__ import annotations

from proratio_core.database import Database
from proratio_tradehub.reports import read_curve
from tests.tradehub.reports.made import ACCOUNT, HOUR, NOON, mark_equity


def test_a_span_knows_what_came_before_it_and_nothing_after(database: Database) -> None:
    mark_equity(database, [120.0, 100.0, 101.0, 102.0, 999.0])
    curve = read_curve(database, ACCOUNT, since=NOON + 2 * HOUR, until=NOON + 4 * HOUR)
    assert curve.equity_quote.tolist() == [101.0, 102.0]
    assert (curve.before_quote, curve.highest_quote) == (100.0, 120.0)


def test_an_account_nobody_knows_has_an_empty_one(database: Database) -> None:
    curve = read_curve(database, "nobody", since=NOON, until=NOON + HOUR)
    assert (len(curve.times), curve.before_quote, curve.highest_quote) == (0, None, 0.0)
