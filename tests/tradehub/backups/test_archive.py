"""The file of a backup: whole or refused, and never a way out of user_data."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from proratio_core.errors import DataError, TransientError
from proratio_tradehub.backups.archive import (
    FORMAT,
    Manifest,
    StoredFile,
    open_archive,
    write_archive,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _manifest(*files: StoredFile, **changes: Any) -> Manifest:
    known = {
        "format": FORMAT,
        "program": "1",
        "made_at": NOW,
        "schema": "0001",
        "tables": (),
        "files": files,
    }
    return Manifest(**(known | changes))


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "mine.txt").write_text("mine" * 1000)
    path = tmp_path / "backup.zip"
    with write_archive(path) as archive:
        file = archive.file("strategies/mine.txt", tmp_path / "mine.txt")
        archive.finish(_manifest(file))
    return path


def test_a_file_comes_back_as_it_was_and_only_its_owner_may_read_the_backup(
    backup: Path, tmp_path: Path
) -> None:
    with open_archive(backup) as archive:
        archive.check()
        (file,) = archive.manifest.files
        archive.extract(file, tmp_path / "deep" / "again.txt")
    assert (tmp_path / "deep" / "again.txt").read_text() == "mine" * 1000
    assert backup.stat().st_mode & 0o777 == 0o600


def test_what_fails_half_way_leaves_the_older_file_and_nothing_else(backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(RuntimeError):
        _fail_half_way(backup)
    assert backup.read_bytes() == before
    assert {path.name for path in backup.parent.iterdir()} == {"backup.zip", "mine.txt"}


def _fail_half_way(backup: Path) -> None:
    with write_archive(backup) as archive, archive.table("candle") as file:
        file.write(b"half")
        raise RuntimeError


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(TransientError, match="cannot be written"),
        write_archive(tmp_path / "file" / "backup.zip"),
    ):
        pass


def test_a_flipped_bit_is_found_wherever_it_matters(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        content = bytearray(whole)
        content[place] ^= 0x10
        backup.write_bytes(content)
        try:
            _restore(backup, tmp_path / "again.txt")
        except DataError:
            refused += 1
        else:  # it was in a date or a comment
            assert (tmp_path / "again.txt").read_text() == "mine" * 1000
    assert refused > len(whole) / 7 / 2


def _restore(backup: Path, target: Path) -> None:
    with open_archive(backup) as archive:
        archive.check()
        (file,) = archive.manifest.files
        archive.extract(file, target)


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_torn_backup_is_refused(backup: Path, size: int) -> None:
    backup.write_bytes(backup.read_bytes()[:size])
    with pytest.raises(DataError, match="is not a backup"), open_archive(backup):
        pass


def test_a_file_that_is_not_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name a file of `proratio backup`"):
        open_archive(tmp_path / "none.zip").__enter__()


def test_a_zip_of_something_else_has_no_manifest(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("manifest.json", b'{"name": "a browser extension"}')
    with pytest.raises(DataError, match="no manifest"), open_archive(tmp_path / "other.zip"):
        pass


def _write(path: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", msgspec.json.encode(manifest))


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "later.zip", _manifest(format=FORMAT + 1))
    with pytest.raises(DataError, match="update Proratio"), open_archive(tmp_path / "later.zip"):
        pass


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..\\x", ""])
def test_an_edited_backup_cannot_write_outside_user_data(tmp_path: Path, name: str) -> None:
    _write(tmp_path / "evil.zip", _manifest(StoredFile(name, 0, "")))
    with pytest.raises(DataError, match="outside user_data"), open_archive(tmp_path / "evil.zip"):
        pass


def test_a_member_that_is_missing_is_named(tmp_path: Path) -> None:
    _write(tmp_path / "poor.zip", _manifest(StoredFile("config.json", 0, "")))
    with (
        open_archive(tmp_path / "poor.zip") as archive,
        pytest.raises(DataError, match=r"poor\.zip is damaged: files/config\.json cannot be read"),
    ):
        archive.check()
