"""The journal of one trading bot: told at once, in a file at once, in PostgreSQL soon."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypedDict, Unpack

import msgspec

from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.journal.entry import JournalEntry, Kind, event_id
from proratio_tradehub.journal.spool import Backlog, Spool
from proratio_tradehub.journal.writing import record_entries, storable

__all__ = ["Journal", "Unwritten", "spool_folder", "unwritten"]

_FOLDER: Final = "journal"
_WAITING: Final = "waiting"
_REFUSED: Final = "refused"
_REMEMBERED: Final = 2_000
_MOST_IN_MEMORY: Final = 10_000

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class _Names(TypedDict, total=False):
    symbol: str | None
    signal_id: str | None
    trade_id: int | None
    order_id: str | None


class Journal:
    """What one bot writes.

    Parameters
    ----------
    account, strategy
        Whose it is.
    folder
        Where entries wait for PostgreSQL.
    """

    def __init__(self, account: str, strategy: str, *, folder: Path) -> None:
        self.account = account
        self._strategy = strategy
        self._spool = Spool(folder / _WAITING)
        self._refused = Spool(folder / _REFUSED)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._homeless: deque[JournalEntry] = deque()
        self._lost: list[datetime] = []

    def note(
        self,
        kind: Kind,
        *about: object,
        at: datetime,
        document: Mapping[str, Any],
        synced: bool = False,
        **names: Unpack[_Names],
    ) -> bool:
        """Add an entry of this account; `about`, with the kind, is what makes it this event.

        Parameters
        ----------
        kind, at, document
            As in `JournalEntry`.
        about
            The same event is added once, however often it is noted.
        synced
            Whether it has to survive the death of the machine too, which takes milliseconds.
        names
            `symbol`, `signal_id`, `trade_id`, `order_id`.

        Returns
        -------
        bool
            Whether it is safe in a file; otherwise it is kept in memory.
        """
        event = event_id(self.account, kind, *about)
        if event in self._seen:
            return True
        if not names.get("signal_id"):  # Freqtrade's word for no tag is an empty one
            names["signal_id"] = None
        entry = storable(
            JournalEntry(
                event_id=event,
                account=self.account,
                strategy=self._strategy,
                kind=kind,
                at=at,
                document=document,
                **names,
            )
        )
        return self._add(entry, synced=synced)

    def flush(self, database: Database) -> None:
        """Store what waits; what cannot be stored waits on.

        Raises
        ------
        TransientError
            The database is away.
        """
        for lines in self._spool.take():
            self._store(database, self._read(lines))
        homeless = tuple(self._homeless)
        self._store(database, homeless)
        for _ in homeless:
            self._homeless.popleft()
        if self._lost:
            self._confess()

    def close(self) -> None:
        """End the file; what waits in it is stored by the next process of this account."""
        self._spool.close()

    def _add(self, entry: JournalEntry, *, synced: bool) -> bool:
        told = msgspec.to_builtins(entry)
        line = msgspec.json.encode({name: it for name, it in told.items() if it is not None})
        self._seen[entry.event_id] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        _log.info("%s", line.decode())
        try:
            self._spool.add(line, synced=synced)
        except TransientError as error:
            if not self._homeless:
                _log.error("journal: %s; entries are kept in memory", error)
            self._keep(entry)
            return False
        return True

    def _keep(self, entry: JournalEntry) -> None:
        self._homeless.append(entry)
        if len(self._homeless) > _MOST_IN_MEMORY:
            self._lost.append(self._homeless.popleft().at)

    def _store(self, database: Database, entries: Sequence[JournalEntry]) -> None:
        """Store entries; one that the database refuses is set aside and keeps no other waiting."""
        if not entries:
            return
        try:
            record_entries(database, entries)
        except DataError as error:
            if len(entries) > 1:
                for entry in entries:
                    self._store(database, [entry])
                return
            _log.error("journal: an entry cannot be stored and is set aside: %s", error)
            self._refused.add(msgspec.json.encode(entries[0]))

    def _read(self, lines: Sequence[bytes]) -> list[JournalEntry]:
        entries = []
        for line in lines:
            try:
                entries.append(msgspec.json.decode(line, type=JournalEntry))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                _log.error("journal: a line is not readable and is set aside: %s", error)
                self._refused.add(line)
        return entries

    def _confess(self) -> None:
        """Say in the journal itself how much of it is missing."""
        lost, self._lost = self._lost, []
        what = {"what": "journal entries lost", "count": len(lost), "first_at": lost[0]}
        self.note(Kind.INCIDENT, "lost", lost[-1], at=lost[-1], document=what)


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What of an account's journal is not in PostgreSQL.

    Parameters
    ----------
    folder
        Where it is.
    waiting
        What a bot of the account writes when PostgreSQL answers.
    refused
        What PostgreSQL refused, or nobody could read; it stays where it is.
    """

    folder: Path
    waiting: Backlog
    refused: Backlog


def unwritten(settings: Settings) -> tuple[Unwritten, ...]:
    """Return what is not in PostgreSQL of every account that ever wrote here, by folder.

    Raises
    ------
    TransientError
        A file cannot be read.
    """
    return tuple(
        Unwritten(folder, Spool(folder / _WAITING).backlog(), Spool(folder / _REFUSED).backlog())
        for folder in sorted((settings.state_dir / _FOLDER).glob("*"))
        if folder.is_dir()
    )


def spool_folder(settings: Settings, account: str) -> Path:
    """Return where the entries of an account wait for PostgreSQL."""
    name = "".join(letter if letter.isalnum() else "-" for letter in account)
    return settings.state_dir / _FOLDER / name
