from __future__ import annotations

from proratio_core.database import Database
from proratio_tradehub.reports import Period, read_report
from tests.tradehub.reports.made import ACCOUNT, DAY, fill


def test_a_report_has_the_trades_the_voters_and_the_comparison(database: Database) -> None:
    fill(database)
    report = read_report(database, ACCOUNT, Period.day(DAY))
    assert report.found.total.closed == 2
    assert (report.judged, report.voters) == ((), ())
    assert [one.strategy for one in report.comparisons] == ["Trend"]
    assert report.chart_png is not None
