"""An installation to back up in a test: real candles, votes, halts, files, a secret."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from proratio_core.candles import CandleStore
from proratio_core.candles.importers import ImportHints, find_files, import_files
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.halts import Action, HaltEvent, halt_file
from tests.signals.archives import fill as fill_ledger

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
CLOCK = FixedClock(NOW)
CONFIG = """{
  // mine
  "exchange": {"name": "binance", "key": "canary-k", "secret": "canary\\"s"}
}
"""


def halt(number: str) -> HaltEvent:
    """Return a halt with an id of its own."""
    return HaltEvent(number, Action.HALT, "storm", "anna", NOW)


def furnish(folder: Path) -> Settings:
    """Return the settings of a new installation with every kind of file."""
    settings = Settings(PRORATIO_USER_DATA=folder)
    (folder / "strategies" / "__pycache__").mkdir(parents=True)
    (folder / "strategies" / "__pycache__" / "Mine.pyc").write_bytes(b"\x00")
    (folder / "strategies" / "Mine.py").write_text("class Mine: ...\n")
    (folder / "risk").mkdir()
    (folder / "risk" / "mine.toml").write_text('base = "proratio"\n')
    (folder / "config.json").write_text(CONFIG)
    (folder / ".env").write_text("OPENAI_API_KEY=canary-env\n")
    (folder / "data").mkdir()
    (folder / "data" / "BTC_USDT-1h.feather").write_bytes(b"derived")
    settings.state_dir.mkdir()
    (settings.state_dir / "cache.key").write_bytes(b"canary-cache-key")
    halt_file(settings).add([halt("first")])
    with closing(sqlite3.connect(folder / "tradesv3.sqlite")) as trades:
        trades.execute("PRAGMA journal_mode=wal")
        trades.execute("CREATE TABLE trades (id integer, pair text)")
        trades.execute("INSERT INTO trades VALUES (1, 'BTC/USDT')")
        trades.commit()
    return settings


def store_real_candles(database: Database, market_data: Path) -> None:
    """Import two recorded series of Bitcoin."""
    folder = market_data / "binance"
    files = find_files([folder / f"BTC_USDT-{length}.feather" for length in ("1d", "4h")])
    import_files(files, CandleStore(database), CLOCK, hints=ImportHints())


def trades_in(path: Path) -> list[tuple[int, str]]:
    """Return what Freqtrade's file holds."""
    with closing(sqlite3.connect(path)) as trades:
        return trades.execute("SELECT * FROM trades").fetchall()


__all__ = [
    "CLOCK",
    "CONFIG",
    "NOW",
    "fill_ledger",
    "furnish",
    "halt",
    "store_real_candles",
    "trades_in",
]
