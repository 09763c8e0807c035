"""The frame: whose money it is stands on every page, and nothing stands there for strangers."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from proratio_core.database import Database
from proratio_tradehub.dashboard import frame
from proratio_tradehub.dashboard.access import Door, Role
from tests.tradehub.dashboard.drawing import NOW, a_house, text_of

SCRIPT = Path(frame.__file__).with_name("script.py")


def _page(**query: str) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=20)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def _mark(database: Database, account: str) -> None:
    with database.transaction() as cursor:
        cursor.execute("INSERT INTO equity_mark VALUES (%s, %s, 1000)", (account, NOW))


def test_empty_installation_says_how_to_begin(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path):
        text = text_of(_page())
    assert "make demo" in text
    assert "p-mark" not in text.replace("p-mark-", "").partition("</style>")[2]


def test_mark_of_the_chosen_account_stands_above_everything(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    _mark(database, "freqtrade live binance spot")
    _mark(database, "freqtrade dry_run binance spot")
    with a_house(database_url, tmp_path):
        assert "real money" in text_of(_page())
        chosen = _page(of="freqtrade dry_run binance spot")
        assert "real market, no money" in text_of(chosen)
        assert len(chosen.selectbox[0].options) == 2


def test_stranger_sees_nothing_where_a_password_is_set(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    _mark(database, "freqtrade live binance spot")
    with a_house(database_url, tmp_path, door=Door("x", None, None)):
        text = text_of(_page())
    assert "Your session has ended" in text
    assert "freqtrade" not in text


def test_database_that_is_away_is_said(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path):
        assert "PostgreSQL cannot be reached" in text_of(_page())


def test_way_to_sign_in_is_shown_where_there_is_a_password(
    database_url: str, tmp_path: Path
) -> None:
    with a_house(database_url, tmp_path, door=Door(None, "x", Role.VIEWER)):
        assert 'href="/login"' in text_of(_page())


def test_brakes_are_one_click_from_every_page_for_who_may_use_them(
    database_url: str, tmp_path: Path
) -> None:
    for role, links in ((Role.OPERATOR, 1), (Role.VIEWER, 0)):
        with a_house(database_url, tmp_path, door=Door(None, None, role)):
            found = [link.proto.label for link in _page().get("page_link")]
        assert sum("Stop" in label for label in found) == links
        assert "Risk" in found
