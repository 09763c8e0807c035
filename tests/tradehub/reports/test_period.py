from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from proratio_tradehub.reports.period import Period


def test_a_day_is_from_midnight_to_midnight() -> None:
    day = Period.day(date(2024, 2, 29))
    assert (day.since, day.until) == (
        datetime(2024, 2, 29, tzinfo=UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
    )
    assert (day.days, str(day)) == (1, "2024-02-29")


def test_a_week_is_from_monday_to_sunday() -> None:
    for day in (date(2024, 3, 4), date(2024, 3, 10)):
        week = Period.week_of(day)
        assert (week.first, week.last) == (date(2024, 3, 4), date(2024, 3, 10))
    assert (week.days, str(week)) == (7, "2024-03-04 to 2024-03-10")


def test_the_last_week_is_over_when_monday_begins() -> None:
    assert Period.week_ended_before(date(2024, 3, 11)).last == date(2024, 3, 10)
    assert Period.week_ended_before(date(2024, 3, 10)).last == date(2024, 3, 3)


def test_the_midnight_after_it_lies_outside() -> None:
    day = Period.day(date(2024, 2, 29))
    assert day.contains(day.since)
    assert day.contains(day.until - timedelta(microseconds=1))
    assert not day.contains(day.until)
    assert not day.contains(None)
