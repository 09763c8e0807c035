"""Lines that wait in files until somebody has taken them: what a killed process wrote is there.

Whoever adds writes to a file of its own and locks it as long as it lives. Whoever takes reads every
file nobody holds, and removes one when all of it is taken; taken twice is possible, lost is not.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Final

from proratio_core.clock import from_ms
from proratio_core.errors import TransientError

__all__ = ["Backlog", "Spool"]

_LIMIT_BYTES: Final = 200 * 2**20
_BATCH_LINES: Final = 500


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a folder, also in files somebody still writes to.

    Parameters
    ----------
    lines, size_bytes
        How much.
    since
        When the first file of it was begun, UTC; None where nothing waits.
    """

    lines: int
    size_bytes: int
    since: datetime | None


class Spool:
    """The files of one folder.

    Parameters
    ----------
    folder
        Where they are; it is made when the first line comes.
    limit_bytes
        As large a file becomes, and no larger.
    """

    def __init__(self, folder: Path, *, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._numbers = count()
        self._file: int | None = None
        self._size_bytes = 0

    def add(self, line: bytes, *, synced: bool = False) -> None:
        """Write a line to the file; some ten microseconds.

        On return it survives the death of the process; `synced`, which takes milliseconds, also
        that of the machine.

        Raises
        ------
        TransientError
            The file cannot be written, or is full.
        """
        with self._lock:
            if self._size_bytes + len(line) >= self._limit_bytes:
                raise TransientError(
                    f"the files in {self._folder} hold {self._size_bytes:,} bytes, the most they "
                    "may, because PostgreSQL was away for long; see `proratio doctor`"
                )
            try:
                if self._file is None:
                    self._file = self._opened()
                self._size_bytes += os.write(self._file, line + b"\n")
                if synced:
                    os.fsync(self._file)
            except OSError as error:
                self._let_go()
                raise TransientError(
                    f"{self._folder} cannot be written ({error}); free some space, or make it "
                    "writable"
                ) from error

    def take(self) -> Iterator[tuple[bytes, ...]]:
        """Yield what waits, some hundred lines at a time; each file is removed after its last.

        Raises
        ------
        TransientError
            A file cannot be read or removed.
        """
        self.close()
        try:
            for path in sorted(self._folder.glob("*.lines")):
                with _free(path) as is_free:
                    if is_free:
                        yield from _batches(path)
                        path.unlink(missing_ok=True)
        except OSError as error:
            raise TransientError(f"{self._folder} cannot be read ({error})") from error

    def backlog(self) -> Backlog:
        """Return how much waits, and since when.

        Raises
        ------
        TransientError
            A file cannot be read.
        """
        lines, size, began_ns = 0, 0, []
        try:
            for path in self._folder.glob("*.lines"):
                with suppress(FileNotFoundError), path.open("rb") as written:
                    here = sum(1 for _ in written)
                    lines, size = lines + here, size + written.tell()
                    began_ns += [int(path.name.partition("-")[0])] if here else []
        except OSError as error:
            raise TransientError(f"{self._folder} cannot be read ({error})") from error
        since = from_ms(min(began_ns) // 1_000_000) if began_ns else None
        return Backlog(lines, size, since)

    def close(self) -> None:
        """End the file; the next line begins another one."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file, self._size_bytes = None, 0

    def _opened(self) -> int:
        """Return a new file, locked before anybody else can see it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number, unique = next(self._numbers), secrets.token_hex(4)
        name = f"{time.time_ns():020d}-{number:06d}-{os.getpid()}-{unique}"
        hidden = self._folder / f".{name}.new"
        file = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        hidden.rename(self._folder / f"{name}.lines")
        return file


@contextmanager
def _free(path: Path) -> Iterator[bool]:
    """Hold a file as its only reader; yield whether nobody else holds it."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # another reader was faster
        yield False
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield os.fstat(file).st_nlink > 0
    finally:
        os.close(file)


def _batches(path: Path) -> Iterator[tuple[bytes, ...]]:
    with path.open("rb") as lines:
        while batch := tuple(line.rstrip(b"\n") for line in islice(lines, _BATCH_LINES)):
            yield batch
