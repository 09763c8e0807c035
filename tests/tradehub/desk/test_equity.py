"""Peak and starts of the periods, as time passes."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.desk.equity import EquityBook


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_first_observation_begins_everything() -> None:
    book = EquityBook()
    book.observe(at("2024-01-31T10:00"), 1_000.0)
    assert book.peak_quote == book.last_quote == 1_000.0
    assert book.day_start_quote == book.week_start_quote == book.month_start_quote == 1_000.0


def test_each_period_begins_with_what_was_seen_last_before_it() -> None:
    book = EquityBook()
    for moment, equity in (
        ("2024-01-27T10:00", 1_000.0),  # a Saturday
        ("2024-01-27T23:00", 990.0),
        ("2024-01-28T09:00", 980.0),  # the day has turned
        ("2024-01-29T00:00", 970.0),  # Monday: day and week
        ("2024-01-31T23:59", 960.0),
        ("2024-02-01T00:00", 950.0),  # day and month
    ):
        book.observe(at(moment), equity)
    assert book.day_start_quote == 960.0
    assert book.week_start_quote == 980.0
    assert book.month_start_quote == 960.0
    assert book.peak_quote == 1_000.0


def test_the_same_month_of_another_year_is_another_month() -> None:
    book = EquityBook()
    book.observe(at("2024-03-05T10:00"), 1_000.0)
    book.observe(at("2025-03-05T10:00"), 900.0)
    book.observe(at("2025-03-06T10:00"), 800.0)
    assert book.month_start_quote == 1_000.0
    assert book.day_start_quote == 900.0


def test_beginning_anew_forgets_peak_and_losses() -> None:
    book = EquityBook()
    book.observe(at("2024-01-01T10:00"), 1_000.0)
    book.observe(at("2024-01-03T10:00"), 800.0)
    book.begin(at("2024-01-03T11:00"), 800.0)
    book.observe(at("2024-01-04T10:00"), 790.0)
    assert book.peak_quote == book.month_start_quote == 800.0


@given(st.lists(st.floats(1.0, 1e9), min_size=1, max_size=50))
def test_peak_is_the_highest_that_was_observed(equities: list[float]) -> None:
    book = EquityBook()
    for day, equity in enumerate(equities):
        book.observe(datetime.fromtimestamp(day * 40_000, UTC), equity)
    assert book.peak_quote == max(equities)
    assert book.last_quote == equities[-1]
