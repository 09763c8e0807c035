"""When a backup was last made, and when one was last proved: two small files of the installation.

`user_data/.proratio/backup.json` and `user_data/.proratio/rehearsal.json`, JSON, replaced whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError, TransientError
from proratio_core.settings import Settings

__all__ = [
    "BackupRecord",
    "RecordFile",
    "RehearsalRecord",
    "backup_record_file",
    "rehearsal_record_file",
]


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """The last backup that was made: when, where, its size in bytes, and the rows it holds."""

    made_at: datetime
    path: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class RehearsalRecord:
    """The last rehearsal, and the last one that succeeded.

    Parameters
    ----------
    at, path
        When, and of which backup.
    made_at
        When that backup was made.
    failure
        Why it failed; empty when it did not.
    rows
        How many rows were restored and found the same.
    ledger_sha256
        Hash of the restored ledger; empty without votes.
    took_s
        How long the restoration took.
    succeeded_at
        When a rehearsal last succeeded; None when none ever did.
    """

    at: datetime
    path: str
    made_at: datetime | None
    failure: str
    rows: int
    ledger_sha256: str
    took_s: float
    succeeded_at: datetime | None


_Record = TypeVar("_Record")


class RecordFile(Generic[_Record]):
    """One record in one file.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    kind
        What it holds.
    """

    def __init__(self, path: Path, kind: type[_Record]) -> None:
        self.path = path
        self._kind = kind

    def read(self) -> _Record | None:
        """Return the record; None when there is none yet.

        Raises
        ------
        DataError
            The file is there and not readable.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=self._kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise DataError(
                f"{self.path} is not readable ({error}); remove it, the next run writes it again"
            ) from error

    def write(self, record: _Record) -> None:
        """Replace the record, whole or not at all.

        Raises
        ------
        TransientError
            It cannot be written.
        """
        try:
            with replacing(self.path) as beside:
                beside.write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        except OSError as error:
            raise TransientError(f"{self.path} cannot be written: {error}") from error


def backup_record_file(settings: Settings) -> RecordFile[BackupRecord]:
    """Return where the installation records its last backup."""
    return RecordFile(settings.state_dir / "backup.json", BackupRecord)


def rehearsal_record_file(settings: Settings) -> RecordFile[RehearsalRecord]:
    """Return where the installation records its last rehearsal."""
    return RecordFile(settings.state_dir / "rehearsal.json", RehearsalRecord)
