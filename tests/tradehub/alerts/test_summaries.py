"""The day and the week are told when they are over, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from proratio_core.database import Database
from proratio_tradehub.alerts.cursor import Begun
from proratio_tradehub.alerts.news import DailySummary, WeeklyReport
from proratio_tradehub.alerts.summaries import SETTLED_AFTER, summaries
from proratio_tradehub.marks import Mark
from tests.tradehub.reports.made import ACCOUNT, DAY, NOON, fill, mark_equity

MIDNIGHT = datetime(2024, 3, 15, tzinfo=UTC)
BEGUN = Begun(NOON)


def told(database: Database, now: datetime, begun: Begun = BEGUN) -> tuple[list[Any], Begun]:
    found = list(summaries(database, begun, now=now))
    news = [one for summed in found for one in summed.news]
    return news, found[-1].after if found else begun


def test_a_day_is_told_once_when_it_is_over_and_settled(database: Database) -> None:
    fill(database)
    assert told(database, MIDNIGHT + SETTLED_AFTER / 2) == ([], BEGUN)
    (day,), begun = told(database, MIDNIGHT + SETTLED_AFTER)
    assert isinstance(day, DailySummary)
    assert (day.mark, day.account, day.day, day.days) == (Mark.PAPER, ACCOUNT, DAY, 1)
    figures = day.figures
    assert (figures.opened, figures.closed, figures.won, figures.still_open) == (3, 2, 1, 1)
    assert figures.profit_quote == pytest.approx(5.79)
    assert (figures.equity_quote, figures.quote) == (1_005.8, "USDT")
    assert figures.refusals == (("heat", 2), ("spread", 1))
    assert figures.incidents[1] == "13:00 BTC/USDT the stop <b>was</b> lost"
    assert told(database, MIDNIGHT + timedelta(hours=9), begun) == ([], begun)


def test_after_an_outage_the_days_are_one_summary_and_the_week_one_report(
    database: Database,
) -> None:
    fill(database)
    monday = MIDNIGHT + timedelta(days=3, hours=1)
    (days, week), begun = told(database, monday)
    assert (days.day, days.days, days.figures.closed) == (date(2024, 3, 17), 4, 2)
    assert isinstance(week, WeeklyReport)
    assert (week.since, week.until) == (date(2024, 3, 11), date(2024, 3, 17))
    assert week.chart_png is not None
    assert told(database, monday, begun)[0] == []


def test_a_week_without_equity_says_why_it_has_no_picture(database: Database) -> None:
    mark_equity(database, [1_000.0])
    *_, week = told(database, datetime(2024, 3, 18, 1, tzinfo=UTC))[0]
    assert (week.chart_png, week.chartless) == (None, "the bot recorded no equity")


def test_a_day_on_which_nothing_was_recorded_is_passed_over(database: Database) -> None:
    fill(database)
    begun = Begun(NOON, days={ACCOUNT: DAY}, weeks={ACCOUNT: DAY})
    news, after = told(database, MIDNIGHT + timedelta(days=2, hours=1), begun)
    assert [one.figures.closed for one in news] == [0]  # a position was open
    assert after.days == {ACCOUNT: DAY + timedelta(days=2)}


def test_of_a_year_of_outage_a_month_is_summed_up(database: Database) -> None:
    fill(database)
    days = told(database, MIDNIGHT + timedelta(days=400))[0][0]
    assert days.days == 31
