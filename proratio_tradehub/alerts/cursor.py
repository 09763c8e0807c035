"""How far `proratio alerts watch` has told what is stored: a small file, replaced as a whole."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError, TransientError

__all__ = ["LOOK_BACK_ROWS", "Cursor", "CursorFile", "Position"]

LOOK_BACK_ROWS: Final = 1_000
"""How far below the last row one is still looked for: a transaction that began earlier may end
later, so rows do not appear in the order of their numbers."""


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a table was told: the highest row number, and which rows near it."""

    last: int = 0
    told: tuple[int, ...] = ()

    @property
    def above(self) -> int:
        """Rows with higher numbers than this one are to be looked at."""
        return self.last - LOOK_BACK_ROWS

    def after(self, rows: Collection[int]) -> Position:
        """Return where `rows`, just told, lead."""
        last = max(rows, default=self.last)
        known = {*self.told, *rows}
        new = Position(max(last, self.last))
        return Position(new.last, tuple(sorted(row for row in known if row > new.above)))


class Cursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was told.

    Parameters
    ----------
    orders
        Ids of the orders that are known here.
    votes, refusals
        How far each table was told; None before it was first looked at.
    drifting
        The voters whose alarm was told and still holds.
    """

    orders: frozenset[str] = frozenset()
    votes: Position | None = None
    refusals: Position | None = None
    drifting: frozenset[str] = frozenset()


class CursorFile:
    """The file of an installation.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Cursor | None:
        """Return what was told; None when nothing ever was.

        Raises
        ------
        DataError
            The file is there and not readable.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Cursor)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(
                f"{self.path} is not readable ({error}); remove it, and the watch begins with "
                "what happens from then on"
            ) from error

    def write(self, cursor: Cursor) -> None:
        """Replace the file; on return it is on the disk.

        Raises
        ------
        TransientError
            It cannot be written.
        """
        try:
            with replacing(self.path) as path:
                path.write_bytes(msgspec.json.encode(cursor))
        except OSError as error:
            raise TransientError(f"{self.path} cannot be written: {error}") from error
