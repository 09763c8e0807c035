"""Restoring a backup: into an empty database, or in the place of all there is, always proved.

Files that are there already stay, unless everything is replaced; the halts of a backup are only
ever added, so that no restoration lets a bot trade that a person has stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from proratio_core.database import Database
from proratio_core.database.transfer import count_rows, load_tables, other_sessions
from proratio_core.errors import DataError, RiskError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.backups.archive import ArchiveReader, Manifest, StoredFile, open_archive
from proratio_tradehub.backups.belongings import place_of
from proratio_tradehub.halts import HaltFile, halt_file

__all__ = ["Restoration", "restore_backup", "restore_database"]

_STATEMENT_LIMIT_MS: Final = 4 * 3_600_000
_HALTS: Final = ".proratio/halts.json"
_Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was done.

    Parameters
    ----------
    manifest
        What the backup held; every row of it is stored and was compared.
    written, kept
        Files of the backup that were written, and those that were left as they are here because
        they are different.
    to_fill
        Written files in which secrets have to be filled in again.
    """

    manifest: Manifest
    written: tuple[str, ...]
    kept: tuple[str, ...]
    to_fill: tuple[str, ...]


def restore_backup(
    settings: Settings,
    database: Database,
    path: Path,
    *,
    replace: bool = False,
    progress: _Progress = lambda *_: None,
) -> Restoration:
    """Restore database and files from a backup.

    Parameters
    ----------
    settings
        Says where the files go.
    database
        Where the tables go.
    path
        The backup.
    replace
        Whether what is stored now may be lost.
    progress
        Told which table is restored.

    Raises
    ------
    RiskError
        The database is not empty and may not be replaced. Nothing has changed.
    DataError
        The backup is damaged. Nothing has changed.
    TransientError
        Other processes use the database, or it is away. Nothing has changed.
    """
    with open_archive(path) as archive:
        if not replace:
            _require_empty(database)
        restore_database(database, archive, progress=progress)
        return _restore_files(archive, settings, replace=replace)


def restore_database(
    database: Database, archive: ArchiveReader, *, progress: _Progress = lambda *_: None
) -> None:
    """Put the tables of a backup in the place of all there is, and compare every row.

    Raises
    ------
    DataError
        The backup is damaged. Nothing has changed.
    TransientError
        Other processes use the database, or it is away. Nothing has changed.
    """
    archive.check()
    others = other_sessions(database)
    if others:
        raise TransientError(
            f"{others} other sessions use this database; stop bots, services and dashboard first"
        )
    manifest = archive.manifest
    with closing(Database(database.url, statement_timeout_ms=_STATEMENT_LIMIT_MS)) as patient:
        load_tables(patient, manifest.schema, manifest.tables, archive.table, progress=progress)
        patient.engine.dispose()


def _require_empty(database: Database) -> None:
    held = count_rows(database)
    if held:
        largest = sorted(held.items(), key=lambda item: -item[1])[:3]
        named = ", ".join(f"{count:,} in {name}" for name, count in largest)
        raise RiskError(
            f"the database is not empty: {named}. Name an empty one in DATABASE_URL, or give "
            "--replace to put the backup in the place of all this"
        )


def _restore_files(archive: ArchiveReader, settings: Settings, *, replace: bool) -> Restoration:
    written, kept = [], []
    for file in archive.manifest.files:
        target = place_of(PurePosixPath(file.path), settings.user_data)
        if file.path == _HALTS:
            _add_halts(archive, file, halt_file(settings))
            written.append(file)
        elif target.is_file() and _sha256(target) == file.sha256:
            continue
        elif target.exists() and not replace:
            kept.append(file)
        else:
            archive.extract(file, target)
            written.append(file)
    to_fill = [file for file in written if file.blanked]
    return Restoration(archive.manifest, _paths(written), _paths(kept), _paths(to_fill))


def _add_halts(archive: ArchiveReader, file: StoredFile, here: HaltFile) -> None:
    with TemporaryDirectory(prefix="proratio-restore-") as folder:
        copy = Path(folder) / "halts.json"
        archive.extract(file, copy)
        try:
            events = HaltFile(copy).read()
        except DataError as error:
            raise DataError(f"the halts in the backup are not readable: {error}") from error
    here.add(events)


def _paths(files: Iterable[StoredFile]) -> tuple[str, ...]:
    return tuple(file.path for file in files)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
