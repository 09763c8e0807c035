"""The page Consensus, whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.page import show
from proratio_tradehub.dashboard.subject import account_subject
from tests.signals.recording import record
from tests.signals.samples import close_of, panel_profile, said
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of

SUBJECT = account_subject("freqtrade dry_run binance spot", NOW)


def test_newest_vote_and_its_voters_are_shown(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for index, action in ((250, Action.BUY), (251, Action.SELL)):
        record(database, index, *[said(action, 0.9)] * 3, profile=panel_profile())
    clock = FixedClock(close_of(251) + timedelta(minutes=3))
    with a_house(database_url, tmp_path, clock=clock) as house:
        page = drawn(lambda: show(a_room(house, SUBJECT)))
    text = text_of(page)
    assert "▼ SELL" in text
    assert text.count("p-voter") >= 3
    assert "2 votes" in text


def test_panel_that_was_never_asked_says_how(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, SUBJECT))))
    assert "proratio signals backfill" in text


def test_database_that_is_away_is_said(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, SUBJECT))))
    assert "No answer from PostgreSQL" in text
