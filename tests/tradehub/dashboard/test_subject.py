"""What the pages are about: a LIVE bot before a PAPER one, a backtest where nothing ever traded."""

from __future__ import annotations

from datetime import timedelta

from proratio_core.database import Database
from proratio_tradehub.dashboard.subject import (
    account_subject,
    chosen_subject,
    read_subjects,
    with_reporting,
)
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.marks import Mark
from tests.tradehub.dashboard.drawing import NOW

PAPER, LIVE = "freqtrade dry_run binance spot", "freqtrade live binance spot"


def _mark(database: Database, account: str, minutes: int) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO equity_mark VALUES (%s, %s, 1000)",
            (account, NOW + timedelta(minutes=minutes)),
        )


def test_accounts_are_found_however_many_marks_they_have(database: Database) -> None:
    assert read_subjects(database) == ()
    for minutes in range(20):
        _mark(database, PAPER, minutes)
        _mark(database, LIVE, minutes - 60)
    live, paper = read_subjects(database)
    assert (live.key, live.mark, live.account) == (LIVE, Mark.LIVE, LIVE)
    assert (paper.title, paper.mark) == ("freqtrade · binance spot", Mark.PAPER)
    assert paper.last_at == NOW + timedelta(minutes=19)


def test_bot_that_reports_is_there_without_a_database() -> None:
    report = RiskReport(PAPER, "Trend", "proratio", "ab", 1, NOW, "", None)
    (subject,) = with_reporting((), (report,))
    assert (subject.key, subject.last_at) == (PAPER, NOW)


def test_choice_falls_back_to_the_first() -> None:
    first, second = account_subject(LIVE, NOW), account_subject(PAPER, NOW)
    assert chosen_subject((first, second), PAPER) is second
    assert chosen_subject((first, second), "gone") is first
    assert chosen_subject((first, second), None) is first
    assert chosen_subject((), PAPER) is None


def test_account_with_an_odd_name_is_taken_for_real_money() -> None:
    assert account_subject("odd", NOW).mark is Mark.LIVE
    assert account_subject("odd", NOW).title == "odd"
