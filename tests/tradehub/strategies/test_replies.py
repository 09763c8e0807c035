"""What the panel says is on record under the id of the signal."""

from __future__ import annotations

from pathlib import Path

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.queue import State
from proratio_tradehub.journal import TradingRecord, read_entries
from proratio_tradehub.strategies.replies import reply_noter
from tests.tradehub.desk.made import NOW, candle_book
from tests.tradehub.journal.made import ACCOUNT
from tests.tradehub.journal.test_decisions import QUESTION, a_vote
from tests.tradehub.journal.trades import MadeTrades


def test_reply_is_noted_under_the_profile_and_the_candle(
    tmp_path: Path, database: Database
) -> None:
    record = TradingRecord(
        *(ACCOUNT, "Trend"),
        settings=Settings(PRORATIO_USER_DATA=tmp_path),
        candles=candle_book(),
        trades=MadeTrades(),
        clock=FixedClock(NOW),
    )
    note = reply_noter(record, "offline")
    assert note is not None
    note(QUESTION, State.ANSWERED, "", a_vote())
    record.flush(database)
    (entry,) = read_entries(database)
    assert entry.signal_id == "offline@2024-03-14T12:00Z"


def test_without_a_record_nothing_is_noted() -> None:
    assert reply_noter(None, "offline") is None
