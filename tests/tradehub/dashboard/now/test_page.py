"""The page Now, whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from proratio_core.database import Database
from proratio_tradehub.dashboard.now.page import show
from proratio_tradehub.dashboard.subject import account_subject
from proratio_tradehub.desk import report_path
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of
from tests.tradehub.dashboard.now.made import ACCOUNT, a_report


def test_account_is_shown_against_its_limits(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.transaction() as cursor:
        for hour, equity in enumerate((1000.0, 950.0)):
            at = NOW - timedelta(hours=20 - hour)
            cursor.execute("INSERT INTO equity_mark VALUES (%s, %s, %s)", (ACCOUNT, at, equity))
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, account_subject(ACCOUNT, NOW, "USDT"))
        text = text_of(drawn(lambda: show(room)))
        assert "950.00 USDT" in text
        assert "5.00%" in text
        assert "▲ No bot" in text
        a_report().write(report_path(house.settings, ACCOUNT))
        house.shelf.forget()
        text = text_of(drawn(lambda: show(room)))
    assert "● Well" in text
    assert "1.00% of 10%" in text


def test_page_stands_while_the_database_is_away(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        a_report().write(report_path(house.settings, ACCOUNT))
        text = text_of(drawn(lambda: show(a_room(house, account_subject(ACCOUNT, NOW)))))
    assert "No answer from PostgreSQL" in text
    assert "1.00% of 10%" in text


def test_nothing_to_show_says_how_to_begin(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert "make demo" in text_of(drawn(lambda: show(a_room(house, None))))
