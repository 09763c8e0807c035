"""One record: what was decided and what was traded, stored together."""

from __future__ import annotations

from pathlib import Path

from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.journal import Candidate, TradingRecord, read_entries, read_trades
from tests.tradehub.desk.made import candle_book
from tests.tradehub.journal.made import ACCOUNT, NOW, SIGNAL
from tests.tradehub.journal.test_trade_watch import opened
from tests.tradehub.journal.trades import MadeTrades


def test_decision_and_trade_are_found_by_one_signal_id(tmp_path: Path, database: Database) -> None:
    trade = opened()
    trade.set_custom_data = lambda key, value: None
    record = TradingRecord(
        *(ACCOUNT, "Trend"),
        settings=Settings(PRORATIO_USER_DATA=tmp_path),
        candles=candle_book(),
        trades=MadeTrades(trade),
        clock=FixedClock(NOW),
    )
    record.decisions.candidate("BTC/USDT", Candidate(to_ms(NOW), 100.0, SIGNAL))
    record.look(NOW)
    record.flush(database)
    kinds = [entry.kind.value for entry in read_entries(database, signal_id=SIGNAL)]
    assert sorted(kinds) == ["candidate", "fill", "order", "stop"]
    assert read_trades(database)[0].enter_tag == SIGNAL
    record.close()
