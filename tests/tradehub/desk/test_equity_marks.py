"""Equity outlasts the process: what is read back suffices to write the book anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.desk.equity import EquityBook
from proratio_tradehub.desk.equity_marks import EquityMarks
from tests.tradehub.desk.made import HOUR, NOW

SECOND = timedelta(seconds=1)


def test_a_mark_a_minute_and_one_at_each_new_peak_is_kept(database: Database) -> None:
    marks = EquityMarks("bot")
    for second, equity in enumerate([100.0, 99.0, 101.0, 100.5]):
        marks.add(NOW + second * SECOND, equity)
    marks.add(NOW + 62 * SECOND, 98.0)
    marks.flush(database)
    with database.transaction() as cursor:
        cursor.execute("SELECT equity_quote FROM equity_mark ORDER BY observed_at")
        assert [equity for (equity,) in cursor.fetchall()] == [100.0, 101.0, 98.0]


def test_book_written_from_what_is_read_equals_the_one_that_observed_everything(
    database: Database,
) -> None:
    marks, book = EquityMarks("bot"), EquityBook()
    for step in range(24 * 40):  # forty days, an hour each
        moment, equity = NOW + step * HOUR, 1_000.0 + (step * 37) % 251
        marks.add(moment, equity)
        book.observe(moment, equity)
    marks.flush(database)
    again = EquityBook()
    read = marks.read(database, since=None)
    for moment, equity in read:
        again.observe(moment, equity)
    assert again == book
    assert len(read) < 50


def test_marks_before_a_moment_and_of_other_accounts_are_left_out(database: Database) -> None:
    ours, theirs = EquityMarks("bot"), EquityMarks("other")
    ours.add(NOW, 500.0)
    ours.add(NOW + HOUR, 100.0)
    theirs.add(NOW + HOUR, 999.0)
    ours.flush(database)
    theirs.flush(database)
    assert ours.read(database, since=NOW + SECOND) == ((NOW + HOUR, 100.0),)
    assert EquityMarks("nobody").read(database, since=None) == ()


def test_what_could_not_be_written_is_written_later(database: Database) -> None:
    marks = EquityMarks("bot")
    marks.add(NOW, -1.0)  # the database refuses it
    with pytest.raises(DataError):
        marks.flush(database)
    marks.add(NOW + HOUR, 100.0)
    with pytest.raises(DataError):
        marks.flush(database)
