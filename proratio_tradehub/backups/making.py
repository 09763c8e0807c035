"""Making a backup: the database as it is at one moment, the files beside it, old ones removed."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.database.schema import HEAD
from proratio_core.database.transfer import copy_tables_out
from proratio_core.errors import DataError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.backups.archive import (
    FORMAT,
    ArchiveWriter,
    Manifest,
    StoredFile,
    write_archive,
)
from proratio_tradehub.backups.belongings import (
    blank_secrets,
    find_belongings,
    is_database,
    place_of,
)
from proratio_tradehub.backups.records import BackupRecord, backup_record_file

__all__ = ["PATTERN", "Backup", "make_backup", "newest_backup"]

PATTERN: Final = "proratio-*.zip"
_STATEMENT_LIMIT_MS: Final = 4 * 3_600_000
_SUFFIX: Final = ".zip"
_Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What was made.

    Parameters
    ----------
    path, bytes
        The file and its size.
    manifest
        What it holds.
    removed
        Older backups that gave way.
    """

    path: Path
    bytes: int
    manifest: Manifest
    removed: tuple[Path, ...]


def make_backup(
    settings: Settings,
    database: Database,
    target: Path,
    *,
    clock: Clock,
    keep: int | None = None,
    progress: _Progress = lambda *_: None,
) -> Backup:
    """Write a backup and put it on record; nobody is kept from working meanwhile.

    Parameters
    ----------
    settings
        Says what belongs to the installation.
    database
        Its database.
    target
        A file that ends in `.zip`, or a folder, in which the file is named by the time.
    clock
        The time it is.
    keep
        How many backups stay in the folder, at least 1; the oldest give way to the new one. None
        keeps all.
    progress
        Told which table is copied.

    Raises
    ------
    TransientError
        The database is away, or the file cannot be written. An older file is untouched.
    DataError
        A file of the installation cannot be read as what it is.
    """
    made_at = clock.now()
    path = target if target.suffix == _SUFFIX else target / f"proratio-{made_at:%Y%m%dT%H%M%SZ}.zip"
    patient = Database(database.url, statement_timeout_ms=_STATEMENT_LIMIT_MS)
    with closing(patient), write_archive(path) as archive:
        tables = copy_tables_out(patient, archive.table, progress=progress)
        manifest = Manifest(
            format=FORMAT,
            program=version("proratio"),
            made_at=made_at,
            schema=HEAD,
            tables=tables,
            files=tuple(_add_files(archive, settings.user_data)),
        )
        archive.finish(manifest)
    size = path.stat().st_size
    backup_record_file(settings).write(
        BackupRecord(made_at, str(path.resolve()), size, manifest.rows)
    )
    return Backup(path, size, manifest, _remove_old(path, keep))


def newest_backup(folder: Path) -> Path:
    """Return the newest backup of a folder.

    Raises
    ------
    DataError
        There is none.
    """
    found = sorted(folder.glob(PATTERN))
    if not found:
        raise DataError(f"there is no backup ({PATTERN}) in {folder}; make one: proratio backup")
    return found[-1]


def _add_files(archive: ArchiveWriter, user_data: Path) -> Iterator[StoredFile]:
    with tempfile.TemporaryDirectory(prefix="proratio-backup-") as folder:
        beside = Path(folder) / "copy"
        for name in find_belongings(user_data):
            path, stored_as = place_of(name, user_data), name.as_posix()
            try:
                if is_database(path):
                    _copy_sqlite(path, beside)
                    yield archive.file(stored_as, beside)
                elif path.suffix == ".json":
                    text, blanked = blank_secrets(path.read_text(encoding="utf-8"))
                    beside.write_text(text, encoding="utf-8")
                    yield archive.file(stored_as, beside, blanked=blanked)
                else:
                    yield archive.file(stored_as, path)
            except (OSError, UnicodeDecodeError) as error:
                raise DataError(
                    f"{path} cannot be read ({error}); mend it or move it out of user_data"
                ) from error


def _copy_sqlite(path: Path, target: Path) -> None:
    """Copy a SQLite database as it is between two transactions, while others write to it."""
    target.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except sqlite3.OperationalError as error:
        raise TransientError(f"{path} cannot be copied now ({error}); try again") from error
    except sqlite3.DatabaseError as error:
        raise DataError(
            f"{path} is not a SQLite database ({error}); move it out of user_data"
        ) from error


def _remove_old(path: Path, keep: int | None) -> tuple[Path, ...]:
    if keep is None:
        return ()
    others = sorted(other for other in path.parent.glob(PATTERN) if other != path)
    surplus = others[: max(len(others) - (keep - 1), 0)]
    for other in surplus:
        other.unlink(missing_ok=True)
    return tuple(surplus)
