"""What no single process knows, from a real database and real files."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.backups import (
    BackupRecord,
    RehearsalRecord,
    backup_record_file,
    rehearsal_record_file,
)
from proratio_tradehub.metrics.installation import (
    InstallationDatabase,
    backup_samples,
    disk_samples,
    installation_sources,
    trade_samples,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRADE = (
    "INSERT INTO account_trade (account, trade_id, entry_order_id, strategy, symbol, side, quote, "
    "is_open, opened_at, closed_at, open_rate, amount, stake_quote, leverage, fee_open_quote, "
    "fee_close_quote, funding_quote, profit_quote, updated_at) SELECT "
    "'a', n, n::text, 's', 'BTC/USDT', 'long', 'USDT', closed IS NULL, now(), closed, 1, 1, 1, 1, "
    "0, 0, 0, profit, now() FROM (VALUES (%s, %s::timestamptz, %s::float8)) AS t(n, closed, profit)"
)


def test_trades_are_told_by_account(database: Database) -> None:
    with database.transaction() as cursor:
        for number, profit in enumerate((5.0, -2.0, 0.0)):
            cursor.execute(TRADE, (number, NOW, profit))
        cursor.execute(TRADE, (9, None, None))
    assert list(trade_samples(database)) == [
        ("proratio_trades_open", ("a",), 1.0),
        ("proratio_trades_closed", ("a", "won"), 1.0),
        ("proratio_trades_closed", ("a", "lost"), 2.0),
        ("proratio_trades_profit_quote", ("a",), 3.0),
    ]


def test_a_database_that_is_away_is_a_metric_and_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    away = InstallationDatabase(Settings(DATABASE_URL="postgresql://u@127.0.0.1:1/x"))
    with closing(away):
        assert list(away.samples()) == [("proratio_database_up", (), 0.0)]
    here = InstallationDatabase(Settings(DATABASE_URL=database_url))
    with closing(here):
        told = {name: value for name, _, value in here.samples()}
    assert told["proratio_database_up"] == 1.0
    assert told["proratio_database_size_bytes"] > 1e6
    sources = installation_sources(Settings(PRORATIO_USER_DATA=tmp_path), here)
    assert sorted(sources) == ["backups", "database", "disk", "halts"]


def test_backups_are_told_once_there_are_any(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    assert list(backup_samples(settings)) == []
    backup_record_file(settings).write(BackupRecord(NOW, "b.zip", 7, 3))
    tried = RehearsalRecord(NOW, "b.zip", None, "away", 0, "", 0.0, None)
    rehearsal_record_file(settings).write(tried)
    told = {name: value for name, _, value in backup_samples(settings)}
    assert told == {
        "proratio_backup_timestamp_seconds": NOW.timestamp(),
        "proratio_backup_size_bytes": 7.0,
    }
    done = RehearsalRecord(NOW, "b.zip", NOW, "", 3, "", 1.0, NOW)
    rehearsal_record_file(settings).write(done)
    assert ("proratio_rehearsal_success_timestamp_seconds", (), NOW.timestamp()) in list(
        backup_samples(settings)
    )


def test_free_space_is_told(tmp_path: Path) -> None:
    ((name, _, value),) = disk_samples(Settings(PRORATIO_USER_DATA=tmp_path))
    assert name == "proratio_disk_free_bytes"
    assert value > 0
