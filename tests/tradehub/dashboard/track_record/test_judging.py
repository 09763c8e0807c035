"""Panels are found in the ledger and judged by it."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.reading import Reader
from proratio_tradehub.dashboard.track_record.judging import judge, read_panels
from tests.signals.recording import record
from tests.signals.samples import BTC, candle_frame, close_of, panel_profile, said

UNTIL = close_of(310)


def test_panel_is_judged_by_what_happened(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(320))
    for index in range(250, 255):
        record(database, index, *[said(Action.BUY, 0.9)] * 3, profile=panel_profile())
    with Reader(Settings(DATABASE_URL=database_url), FixedClock(UNTIL)) as reader:
        (panel,) = reader.read(lambda opened: read_panels(opened, "binance"))
        access = pickle.loads(pickle.dumps(reader.access()))
        scorecard = judge(access, panel, "binance", models_folder=tmp_path, until=UNTIL)
    assert panel.profile == panel_profile()
    assert panel.title.startswith(f"{panel.name} · 1h · ")
    assert scorecard.questions == 5
    assert scorecard.last == close_of(250) + timedelta(hours=4)


def test_exchange_nobody_was_asked_about_has_no_panel(database: Database) -> None:
    assert read_panels(database, "kraken") == ()
