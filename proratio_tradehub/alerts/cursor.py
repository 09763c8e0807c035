"""How far `proratio alerts watch` has told what is stored: a small file, replaced as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError, TransientError

__all__ = ["LOOK_BACK", "LOOK_BACK_ROWS", "Begun", "Cursor", "CursorFile", "Moments", "Position"]

LOOK_BACK_ROWS: Final = 1_000
"""How far below the last row one is still looked for: a transaction that began earlier may end
later, so rows do not appear in the order of their numbers."""

LOOK_BACK: Final = timedelta(days=1)
"""The same for what is known by its time: a bot writes down its trades as soon as it can."""


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


class Moments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far events of one kind were told: the time of the latest, and those near it by name."""

    begun: datetime
    last: datetime
    told: Mapping[str, datetime] = {}

    @classmethod
    def at(cls, begun: datetime) -> Moments:
        """Return a beginning: what happened before it is not told."""
        return cls(begun, begun)

    @property
    def since(self) -> datetime:
        """What happened from this time on is to be looked at."""
        return max(self.begun, self.last - LOOK_BACK)

    def lacks(self, name: str, at: datetime | None) -> bool:
        """Return whether an event is still to be told."""
        return at is not None and at >= self.since and name not in self.told

    def after(self, name: str, at: datetime) -> Moments:
        """Return where one event, just told, leads."""
        new = Moments(self.begun, max(self.last, at))
        known = {**self.told, name: at}
        return Moments(
            new.begun, new.last, {one: when for one, when in known.items() if when >= new.since}
        )


class Begun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is told of each account since this watch began.

    Parameters
    ----------
    at
        When it began.
    opened, closed
        How far the trades of an account were told.
    days, weeks
        The last day an account's summary was told of, and the last day of its last week.
    silent
        The accounts whose bot reports no more, and that are known to do so.
    """

    at: datetime
    opened: Mapping[str, Moments] = {}
    closed: Mapping[str, Moments] = {}
    days: Mapping[str, date] = {}
    weeks: Mapping[str, date] = {}
    silent: frozenset[str] = frozenset()


class Cursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was told.

    Parameters
    ----------
    orders
        Ids of the orders that are known here.
    votes, refusals, incidents
        How far each table was told; None before it was first looked at.
    drifting
        The voters whose alarm was told and still holds.
    accounts
        What was told of each account; None before they were first looked at.
    """

    orders: frozenset[str] = frozenset()
    votes: Position | None = None
    refusals: Position | None = None
    drifting: frozenset[str] = frozenset()
    incidents: Position | None = None
    accounts: Begun | None = None


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
