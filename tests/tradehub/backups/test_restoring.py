"""A backup put back: into nothing, beside what is there, and in the place of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.database.transfer import count_rows
from proratio_core.errors import DataError, RiskError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.backups.making import make_backup
from proratio_tradehub.backups.rehearsal import ledger_sha256
from proratio_tradehub.backups.restoring import restore_backup
from proratio_tradehub.halts import halt_file
from tests.tradehub.backups.installations import CLOCK, fill_ledger, furnish, halt, trades_in


@pytest.fixture
def backup(database: Database, tmp_path: Path) -> Path:
    fill_ledger(database)
    return make_backup(furnish(tmp_path / "u"), database, tmp_path / "b.zip", clock=CLOCK).path


def test_an_empty_installation_becomes_the_one_that_was_backed_up(
    backup: Path, database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    there = Settings(PRORATIO_USER_DATA=tmp_path / "there")
    done = restore_backup(there, elsewhere, backup)
    assert count_rows(elsewhere) == count_rows(database)
    assert ledger_sha256(elsewhere) == ledger_sha256(database) != ""
    assert trades_in(there.user_data / "tradesv3.sqlite") == [(1, "BTC/USDT")]
    assert [event.id for event in halt_file(there).read()] == ["first"]
    assert done.to_fill == ("config.json",)
    assert done.kept == ()
    assert '"key": ""' in (there.user_data / "config.json").read_text()


def test_trades_that_freqtrade_keeps_beside_user_data_are_put_there_again(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    here = furnish(tmp_path / "old" / "user_data")
    (here.user_data / "tradesv3.sqlite").rename(tmp_path / "old" / "tradesv3.replay.sqlite")
    path = make_backup(here, database, tmp_path / "b.zip", clock=CLOCK).path
    there = Settings(PRORATIO_USER_DATA=tmp_path / "new" / "user_data")
    done = restore_backup(there, elsewhere, path)
    assert "beside/tradesv3.replay.sqlite" in done.written
    assert trades_in(tmp_path / "new" / "tradesv3.replay.sqlite") == [(1, "BTC/USDT")]


def test_a_database_that_is_not_empty_is_refused(backup: Path, database: Database) -> None:
    with pytest.raises(RiskError, match=r"12 in vote.*--replace"):
        restore_backup(Settings(), database, backup)


def test_files_that_are_here_stay_and_halts_are_only_added(
    backup: Path, elsewhere: Database, tmp_path: Path
) -> None:
    there = furnish(tmp_path / "there")
    (there.user_data / "strategies" / "Mine.py").write_text("class Newer: ...\n")
    halt_file(there).add([halt("later")])
    done = restore_backup(there, elsewhere, backup)
    assert done.kept == ("config.json", "strategies/Mine.py", "tradesv3.sqlite")
    assert "Newer" in (there.user_data / "strategies" / "Mine.py").read_text()
    assert {event.id for event in halt_file(there).read()} == {"first", "later"}


def test_replaced_is_everything_but_the_halts(
    backup: Path, database: Database, tmp_path: Path
) -> None:
    there = furnish(tmp_path / "there")
    halt_file(there).add([halt("later")])
    (there.user_data / "strategies" / "Mine.py").write_text("class Newer: ...\n")
    before = count_rows(database)
    fill_ledger(database, votes=7)
    done = restore_backup(there, database, backup, replace=True)
    assert count_rows(database) == before
    assert done.kept == ()
    assert "Newer" not in (there.user_data / "strategies" / "Mine.py").read_text()
    assert {event.id for event in halt_file(there).read()} == {"first", "later"}


def test_nothing_is_restored_under_a_running_process(
    backup: Path, elsewhere: Database, elsewhere_url: str
) -> None:
    bot = Database(elsewhere_url)
    with bot.transaction() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(TransientError, match="1 other sessions use this database"):
        restore_backup(Settings(), elsewhere, backup)
    bot.close()


def test_a_damaged_backup_changes_nothing(backup: Path, database: Database) -> None:
    before = count_rows(database)
    content = bytearray(backup.read_bytes())
    content[len(content) // 3] ^= 0x01
    backup.write_bytes(content)
    with pytest.raises(DataError, match=r"b\.zip is damaged: .*take an older backup"):
        restore_backup(Settings(), database, backup, replace=True)
    assert count_rows(database) == before
