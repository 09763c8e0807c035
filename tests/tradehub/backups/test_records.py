"""When a backup was made and proved, as others read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.errors import DataError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.backups.records import (
    BackupRecord,
    RehearsalRecord,
    backup_record_file,
    rehearsal_record_file,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    backup, rehearsal = backup_record_file(settings), rehearsal_record_file(settings)
    assert (backup.read(), rehearsal.read()) == (None, None)
    made = BackupRecord(NOW, "/b.zip", 7, 3)
    tried = RehearsalRecord(NOW, "/b.zip", None, "away", 0, "", 0.0, None)
    backup.write(made)
    rehearsal.write(tried)
    assert (backup.read(), rehearsal.read()) == (made, tried)
    assert backup.path == tmp_path / ".proratio" / "backup.json"
    assert rehearsal.path == tmp_path / ".proratio" / "rehearsal.json"


def test_a_damaged_record_says_what_to_do(tmp_path: Path) -> None:
    file = backup_record_file(Settings(PRORATIO_USER_DATA=tmp_path))
    file.path.parent.mkdir()
    file.path.write_text("{")
    with pytest.raises(DataError, match="remove it"):
        file.read()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / ".proratio").touch()
    file = backup_record_file(Settings(PRORATIO_USER_DATA=tmp_path))
    with pytest.raises(TransientError, match="cannot be written"):
        file.write(BackupRecord(NOW, "", 0, 0))
