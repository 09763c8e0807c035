"""What visitors did, a line each, in a file of this machine: there when the database is not."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from proratio_core.clock import Clock
from proratio_core.errors import TransientError
from proratio_core.settings import Settings

__all__ = ["Deed", "DeedFile", "deed_file"]

_log = logging.getLogger(__name__)
_READ_BYTES: Final = 65_536
_ONE_AT_A_TIME: Final = Lock()


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a visitor did or tried: when, who, what, and what became of it."""

    at: datetime
    by: str
    action: str
    detail: str


class DeedFile:
    """The file; lines are only ever added.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    clock
        The time it is.
    """

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self.path = path
        self._clock = clock

    def record(self, *, by: str, action: str, detail: str) -> Deed:
        """Add a line; on return it is on the disk.

        Raises
        ------
        TransientError
            The file cannot be written.
        """
        deed = Deed(self._clock.now(), by, action, detail)
        try:
            with _ONE_AT_A_TIME:
                self._append(msgspec.json.encode(deed) + b"\n")
        except OSError as error:
            raise TransientError(
                f"the record of actions {self.path} cannot be written ({error}); make its folder "
                "writable"
            ) from error
        return deed

    def note(self, *, by: str, action: str, detail: str) -> str:
        """Add a line where nothing waits for it; return in words why that failed, else nothing."""
        try:
            self.record(by=by, action=action, detail=detail)
        except TransientError as error:
            _log.error("%s: %s %s", error, by, action)
            return str(error)
        return ""

    def newest(self, most: int) -> tuple[Deed, ...]:
        """Return the last deeds, the newest first; a line that is no deed is left out."""
        try:
            with self.path.open("rb") as lines:
                size = lines.seek(0, os.SEEK_END)
                lines.seek(max(size - _READ_BYTES, 0))
                found = lines.read().splitlines()
        except OSError:
            return ()
        known = (deed for deed in map(_deed, reversed(found)) if deed is not None)
        return tuple(deed for deed, _ in zip(known, range(most), strict=False))

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as lines:
            lines.write(line)
            lines.flush()
            os.fsync(lines.fileno())


def deed_file(settings: Settings, clock: Clock) -> DeedFile:
    """Return where an installation records what visitors of its dashboard did."""
    return DeedFile(settings.state_dir / "actions.jsonl", clock=clock)


def _deed(line: bytes) -> Deed | None:
    try:
        return msgspec.json.decode(line, type=Deed)
    except msgspec.DecodeError:
        return None
