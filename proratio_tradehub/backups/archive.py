"""A backup as one file: a zip with a copy of every table, the files, and a manifest of hashes."""

from __future__ import annotations

import hashlib
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.database.transfer import TableCopy
from proratio_core.errors import DataError, TransientError

__all__ = [
    "FORMAT",
    "ArchiveReader",
    "ArchiveWriter",
    "Manifest",
    "StoredFile",
    "open_archive",
    "write_archive",
]

FORMAT: Final = 1
"""Raised whenever older programs could not read what is written."""

_MANIFEST: Final = "manifest.json"
_LEVEL: Final = 1
_OWNER_ONLY: Final = 0o600
_CHUNK_BYTES: Final = 1 << 20
_ANOTHER: Final = "Nothing was restored; take an older backup or another copy of this one"
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(KeyError, ValueError, NotImplementedError, RuntimeError),
)
"""What `zipfile` raises on files that are torn or changed."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the installation.

    Parameters
    ----------
    path
        Its name, with slashes: where it belongs below `user_data`, or `beside/...`.
    bytes, sha256
        Its size and hash as stored.
    blanked
        Names of secrets that stood in it and were left empty.
    """

    path: str
    bytes: int
    sha256: str
    blanked: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an archive holds.

    Parameters
    ----------
    format, program
        Of this file, and the version of Proratio that wrote it.
    made_at
        When; what happened later is not in it.
    schema
        The database's.
    tables, files
        All there is, with hashes.
    """

    format: int
    program: str
    made_at: datetime
    schema: str
    tables: tuple[TableCopy, ...]
    files: tuple[StoredFile, ...]

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables)


class ArchiveWriter:
    """An archive that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Yield where the copy of a table goes."""
        with self._archive.open(f"tables/{name}.copy", "w", force_zip64=True) as member:
            yield member

    def file(self, path: str, content: Path, *, blanked: tuple[str, ...] = ()) -> StoredFile:
        """Add a file's content under `path`.

        Raises
        ------
        OSError
            It cannot be read.
        """
        total, digest = 0, hashlib.sha256()
        name = f"files/{path}"
        with content.open("rb") as source, self._archive.open(name, "w") as member:
            while data := source.read(_CHUNK_BYTES):
                total += len(data)
                digest.update(data)
                member.write(data)
        return StoredFile(path, total, digest.hexdigest(), blanked)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest."""
        self._archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


class ArchiveReader:
    """An open archive."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Yield the copy of a table."""
        with self._archive.open(f"tables/{name}.copy") as member:
            yield member

    def check(self) -> None:
        """Return when every member is what the manifest says.

        Raises
        ------
        DataError
            One is missing, damaged or another.
        """
        expected = {f"tables/{table.name}.copy": table.sha256 for table in self.manifest.tables}
        expected |= {f"files/{file.path}": file.sha256 for file in self.manifest.files}
        for name, sha256 in expected.items():
            if self._sha256(name) != sha256:
                raise DataError(
                    f"{self._archive.filename} is damaged: {name} is not what its manifest says. "
                    f"{_ANOTHER}"
                )

    def extract(self, file: StoredFile, target: Path) -> None:
        """Write a file's content to `target`, whole or not at all.

        Raises
        ------
        TransientError
            It cannot be written.
        """
        try:
            with (
                self._archive.open(f"files/{file.path}") as member,
                replacing(target) as beside,
                beside.open("wb") as copy,
            ):
                shutil.copyfileobj(member, copy)
        except OSError as error:
            raise TransientError(f"{target} cannot be written: {error}") from error

    def _sha256(self, name: str) -> str:
        digest = hashlib.sha256()
        try:
            with self._archive.open(name) as member:
                while data := member.read(_CHUNK_BYTES):
                    digest.update(data)
        except _DAMAGE as error:
            raise DataError(
                f"{self._archive.filename} is damaged: {name} cannot be read ({error}). {_ANOTHER}"
            ) from error
        return digest.hexdigest()


@contextmanager
def write_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Yield an archive to fill; when it is whole it takes its place at `path`, its owner's alone.

    Raises
    ------
    TransientError
        It cannot be written; an older file at `path` is untouched.
    """
    try:
        with replacing(path) as beside:
            beside.touch(_OWNER_ONLY)
            with zipfile.ZipFile(
                beside, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL
            ) as archive:
                yield ArchiveWriter(archive)
    except OSError as error:
        raise TransientError(
            f"the backup {path} cannot be written: {error}. Free some space or choose another place"
        ) from error


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Yield an archive to read.

    Raises
    ------
    DataError
        The file is not a backup, is damaged, or of a later format.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise DataError(
            f"{path} is not a backup ({error}); name a file of `proratio backup`"
        ) from (error)
    with archive:
        try:
            manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
        except (msgspec.DecodeError, *_DAMAGE) as error:
            raise DataError(
                f"{path} has no manifest that can be read ({error}); it is torn, of another "
                "program, or of a later version of this one"
            ) from error
        if manifest.format != FORMAT:
            raise DataError(
                f"{path} has format {manifest.format}, this program reads {FORMAT}; update Proratio"
            )
        _refuse_outside(path, manifest)
        yield ArchiveReader(archive, manifest)


def _refuse_outside(path: Path, manifest: Manifest) -> None:
    for file in manifest.files:
        name = PurePosixPath(file.path)
        if name.is_absolute() or ".." in name.parts or "\\" in file.path or not file.path:
            raise DataError(f"{path} wants to write {file.path!r} outside user_data; it was edited")
