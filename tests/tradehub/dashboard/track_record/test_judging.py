"""Panels are found in the ledger and judged by it."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.reading import Reader
from proratio_tradehub.dashboard.track_record.judging import judge, read_panels
from proratio_tradehub.journal import record_trades
from proratio_tradehub.strategies.gate import signal_id
from tests.signals.recording import record
from tests.signals.samples import BTC, candle_frame, close_of, panel_profile, said
from tests.tradehub.journal.made import ACCOUNT, a_trade

UNTIL = close_of(310)


def test_panel_is_judged_by_what_happened(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(320))
    for index in range(250, 255):
        record(database, index, *[said(Action.BUY, 0.9)] * 3, profile=panel_profile())
    tag = signal_id(panel_profile().name, to_ms(close_of(250)))
    record_trades(database, [a_trade(enter_tag=tag, opened_at=close_of(250))])
    with Reader(Settings(DATABASE_URL=database_url), FixedClock(UNTIL)) as reader:
        (panel,) = reader.read(lambda opened: read_panels(opened, "binance"))
        access = pickle.loads(pickle.dumps(reader.access()))
        found = judge(access, panel, "binance", None, models_folder=tmp_path, until=UNTIL)
        billed = judge(access, panel, "binance", ACCOUNT, models_folder=tmp_path, until=UNTIL)
    scorecard = found.scorecard
    assert panel.profile == panel_profile()
    assert panel.title.startswith(f"{panel.name} · 1h · ")
    assert scorecard.questions == 5
    assert scorecard.last == close_of(250) + timedelta(hours=4)
    assert found.trades == ()
    assert billed.scorecard.questions == 5
    assert [trade.share_usd for trade in billed.trades] == [pytest.approx(5 * 0.003)]


def test_panel_last_heard_of_is_the_first_whenever_it_was_recorded(database: Database) -> None:
    answers = [said(Action.BUY, 0.9)] * 3
    record(database, 260, *answers, profile=panel_profile())
    record(database, 250, *answers, profile=panel_profile(threshold=0.7))
    assert [one.profile.threshold for one in read_panels(database, "binance")] == [0.6, 0.7]


def test_exchange_nobody_was_asked_about_has_no_panel(database: Database) -> None:
    assert read_panels(database, "kraken") == ()
