"""The orders in a file of this machine: there when nothing else is, and whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import fasteners
import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError, TransientError
from proratio_tradehub.halts.events import HaltEvent

__all__ = ["HaltFile", "Signature"]

_LOCK_LIMIT_S: Final = 5.0

Signature = tuple[int, int, int] | None
"""Inode, time of change in ns, and size; None without a file."""


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the file: the orders, and a hash that a slip of an editor breaks."""

    sha256: str
    events: list[HaltEvent]


class HaltFile:
    """The file of an installation.

    Every write reads what is there, adds to it and replaces the file, under a lock that ends with
    the process that holds it. Nothing is ever taken out, so the file is an audit trail as well.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def signature(self) -> Signature:
        """Return what changes whenever the file does; microseconds.

        Raises
        ------
        DataError
            It cannot even be looked at.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        return status.st_ino, status.st_mtime_ns, status.st_size

    def read(self) -> tuple[HaltEvent, ...]:
        """Return the orders; none when the file was never written.

        Raises
        ------
        DataError
            The file is there and not readable, whatever the reason.
        """
        try:
            document = msgspec.json.decode(self.path.read_bytes(), type=_Document)
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error
        if document.sha256 != _hash(document.events):
            raise self._unreadable("its content does not fit its hash")
        return tuple(document.events)

    def add(self, events: Iterable[HaltEvent]) -> tuple[HaltEvent, ...]:
        """Add those orders that are not there yet; return all. On return they are on the disk.

        Raises
        ------
        DataError
            The file is not readable; it is left as it is.
        TransientError
            The file cannot be written, or another process has held it for too long.
        """
        with self._locked():
            known = {event.id: event for event in self.read()}
            missing = {event.id: event for event in events if event.id not in known}
            if missing:
                self._write([*known.values(), *missing.values()])
            return (*known.values(), *missing.values())

    def renew(self, events: Iterable[HaltEvent]) -> Path | None:
        """Replace a file that is not readable; return where it is kept for inspection.

        None when it has become readable; then nothing is changed.

        Raises
        ------
        TransientError
            The file cannot be written, or another process has held it for too long.
        """
        with self._locked():
            try:
                self.read()
            except DataError:
                kept = self._set_aside()
                self._write(list(events))
                return kept
            return None

    def _set_aside(self) -> Path:
        """Give the file a second name; it stays where it is until it is replaced."""
        number = 1
        while (kept := self.path.with_suffix(f".unreadable-{number}")).exists():
            number += 1
        try:
            os.link(self.path, kept)
        except OSError as error:
            raise self._unwritable(error) from error
        return kept

    def _write(self, events: list[HaltEvent]) -> None:
        document = _Document(_hash(events), events)
        try:
            with replacing(self.path) as beside:
                beside.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = fasteners.InterProcessLock(self.path.with_suffix(".lock"))
        try:
            acquired = lock.acquire(timeout=_LOCK_LIMIT_S, delay=0.005, max_delay=0.05)
        except OSError as error:
            raise self._unwritable(error) from error
        if not acquired:
            raise self._unwritable(f"another process has held it for {_LOCK_LIMIT_S:g} s")
        try:
            yield
        finally:
            lock.release()

    def _unreadable(self, error: object) -> DataError:
        return DataError(
            f"the halt file {self.path} is not readable ({error}), which halts; look at it, then "
            "`proratio risk resume --reason ...` sets it aside and begins a new one"
        )

    def _unwritable(self, error: object) -> TransientError:
        return TransientError(
            f"the halt file {self.path} cannot be written ({error}); make its folder writable"
        )


def _hash(events: list[HaltEvent]) -> str:
    return hashlib.sha256(msgspec.json.encode(events)).hexdigest()
