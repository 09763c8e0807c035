"""A backup of a real database and real files; what is in it, what is not, and what gives way."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.backups.archive import open_archive
from proratio_tradehub.backups.making import PATTERN, make_backup, newest_backup
from proratio_tradehub.backups.records import BackupRecord, backup_record_file
from tests.tradehub.backups.installations import CLOCK, NOW, fill_ledger, furnish


def test_a_backup_holds_every_row_and_is_on_record(database: Database, tmp_path: Path) -> None:
    settings = furnish(tmp_path / "u")
    fill_ledger(database)
    seen: list[str] = []
    made = make_backup(
        settings,
        database,
        tmp_path / "backups",
        clock=CLOCK,
        progress=lambda table, _done, _total: seen.append(table),
    )
    assert made.path == tmp_path / "backups" / "proratio-20261127T060000Z.zip"
    rows = {table.name: table.rows for table in made.manifest.tables if table.rows}
    assert rows["vote"] == 12
    assert seen == [table.name for table in made.manifest.tables]
    record = BackupRecord(NOW, str(made.path), made.path.stat().st_size, sum(rows.values()))
    assert backup_record_file(settings).read() == record
    with open_archive(made.path) as archive:
        archive.check()


def test_no_secret_is_in_a_backup(database: Database, tmp_path: Path) -> None:
    settings = furnish(tmp_path / "u")
    made = make_backup(settings, database, tmp_path / "b.zip", clock=CLOCK)
    with zipfile.ZipFile(made.path) as archive:
        names = archive.namelist()
        content = b"".join(archive.read(name) for name in names)
    assert b"canary" not in content
    assert not [name for name in names if ".env" in name or "cache.key" in name]
    assert {file.path: file.blanked for file in made.manifest.files if file.blanked} == {
        "config.json": ("key", "secret")
    }


def test_the_oldest_give_way_and_other_files_stay(database: Database, tmp_path: Path) -> None:
    settings, folder = furnish(tmp_path / "u"), tmp_path / "b"
    folder.mkdir()
    (folder / "holiday.zip").touch()
    for day in range(4):
        clock = FixedClock(NOW + timedelta(days=day))
        made = make_backup(settings, database, folder, clock=clock, keep=2)
    assert [path.name[:17] for path in sorted(folder.glob(PATTERN))] == [
        "proratio-20261129",
        "proratio-20261130",
    ]
    assert [path.name[:17] for path in made.removed] == ["proratio-20261128"]
    assert (folder / "holiday.zip").exists()
    assert newest_backup(folder) == made.path


def test_an_empty_folder_has_no_newest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="make one: proratio backup"):
        newest_backup(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("trades.sqlite", b"not a database, only a name", "is not a SQLite database"),
        ("config.json", b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_leaves_no_backup(
    database: Database, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    settings = furnish(tmp_path / "u")
    (tmp_path / "u" / name).write_bytes(content)
    with pytest.raises(DataError, match=words):
        make_backup(settings, database, tmp_path / "b", clock=CLOCK)
    assert list((tmp_path / "b").iterdir()) == []
    assert backup_record_file(settings).read() is None
