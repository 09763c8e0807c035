"""The page Track record, whole."""

from __future__ import annotations

import time
from pathlib import Path

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.subject import account_subject
from proratio_tradehub.dashboard.track_record.page import show
from tests.signals.recording import record
from tests.signals.samples import BTC, candle_frame, close_of, panel_profile, said
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of

SUBJECT = account_subject("freqtrade dry_run binance spot", NOW)


def test_record_is_worked_out_and_then_shown(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(320))
    for index in range(250, 253):
        record(database, index, *[said(Action.BUY, 0.9)] * 3, profile=panel_profile())
    with a_house(database_url, tmp_path, clock=FixedClock(close_of(310))) as house:
        room = a_room(house, SUBJECT)
        text = text_of(drawn(lambda: show(room)))
        assert "being worked out" in text
        deadline = time.monotonic() + 60
        while "being worked out" in text and time.monotonic() < deadline:
            time.sleep(0.2)
            text = text_of(drawn(lambda: show(room)))
    assert "3 questions" in text
    assert "Before you believe a figure" in text


def test_nobody_asked_yet_says_how(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert "proratio signals backfill" in text_of(drawn(lambda: show(a_room(house, SUBJECT))))


def test_database_that_is_away_is_said(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, SUBJECT))))
    assert "No answer from PostgreSQL" in text
