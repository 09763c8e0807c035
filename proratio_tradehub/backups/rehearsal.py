"""Proving a backup: restored into a server of its own, asked the same questions, and removed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from proratio_core.candles import CandleStore, GapLedger
from proratio_core.candles.health import SeriesHealth, check_health
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.database.server import embedded_server
from proratio_core.database.transfer import hash_tables
from proratio_core.errors import DataError, ProratioError
from proratio_core.settings import Settings
from proratio_signals.archive import export_ledger
from proratio_tradehub.backups.archive import ArchiveReader, open_archive
from proratio_tradehub.backups.records import RehearsalRecord, rehearsal_record_file
from proratio_tradehub.backups.restoring import restore_database

__all__ = ["CANDLES", "VOTES", "Rehearsal", "compare_answers", "ledger_sha256", "rehearse"]

CANDLES: Final = ("series", "candle", "funding_rate", "gap")
VOTES: Final = ("series", "profile", "snapshot", "vote", "opinion")
"""The tables that `data verify` reads, and those that the ledger's hash is over."""

_READABLE: Final = 0o755
_Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal found.

    Parameters
    ----------
    record
        What was put on record.
    series, candles, gaps
        How many the restored store has.
    is_store_same, is_ledger_same
        Whether the installation gives the same `data verify` and the same hash of its ledger; None
        where it has gone on since the backup was made.
    """

    record: RehearsalRecord
    series: int
    candles: int
    gaps: int
    is_store_same: bool | None
    is_ledger_same: bool | None


def rehearse(
    settings: Settings,
    database: Database,
    path: Path,
    *,
    clock: Clock,
    progress: _Progress = lambda *_: None,
) -> Rehearsal:
    """Restore a backup into a throw-away server, compare it with the installation, and record it.

    Parameters
    ----------
    settings
        Whose rehearsal it is.
    database
        The installation's, which is only read.
    path
        The backup.
    clock
        The time it is.
    progress
        Told which table is restored.

    Raises
    ------
    DataError
        The backup is damaged, or gives other answers than the installation it was made of.
    ProratioError
        It could not be tried. That is on record too, as is every failure.
    """
    file = rehearsal_record_file(settings)
    known = file.read()
    succeeded_at = None if known is None else known.succeeded_at
    try:
        found = _try(database, path, clock=clock, progress=progress)
    except ProratioError as error:
        failed = RehearsalRecord(
            clock.now(), str(path.resolve()), None, str(error), 0, "", 0.0, succeeded_at
        )
        file.write(failed)
        raise
    file.write(found.record)
    return found


def ledger_sha256(database: Database) -> str:
    """Return the hash over every vote and what it rests on; empty without votes.

    Raises
    ------
    TransientError
        The database is away.
    """
    with tempfile.TemporaryDirectory(prefix="proratio-ledger-") as folder:
        try:
            return export_ledger(database, Path(folder) / "ledger.parquet").content_sha256
        except DataError:
            return ""  # no vote


def _try(database: Database, path: Path, *, clock: Clock, progress: _Progress) -> Rehearsal:
    began = clock.monotonic()
    with open_archive(path) as archive, _throw_away() as restored:
        restore_database(restored, archive, progress=progress)
        took_s = clock.monotonic() - began
        now, manifest = clock.now(), archive.manifest
        health, ledger = _verify(restored, now), ledger_sha256(restored)
        here = _verify(database, now)
        is_store_same = compare_answers(database, archive, CANDLES, is_same=here == health)
        is_ledger_same = compare_answers(
            database, archive, VOTES, is_same=ledger_sha256(database) == ledger
        )
    if is_store_same is False or is_ledger_same is False:
        raise DataError(
            f"{path} is whole, yet restored it gives other answers than the installation whose "
            "rows it has; compare the versions of Proratio and PostgreSQL"
        )
    record = RehearsalRecord(
        now, str(path.resolve()), manifest.made_at, "", manifest.rows, ledger, took_s, now
    )
    return Rehearsal(
        record,
        len(health),
        sum(one.rows for one in health),
        sum(len(one.gaps) for one in health),
        is_store_same,
        is_ledger_same,
    )


@contextmanager
def _throw_away() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="proratio-rehearsal-") as folder:
        Path(folder).chmod(_READABLE)  # run as root, the server is another user
        with (
            embedded_server(Path(folder) / "postgres") as url,
            closing(Database(url)) as database,
        ):
            yield database


def _verify(database: Database, now: datetime) -> tuple[SeriesHealth, ...]:
    """Return what `proratio data verify` finds."""
    store = CandleStore(database)
    keys = [stored.key for stored in store.series() if stored.version]
    return tuple(check_health(store, GapLedger(database), keys, now=now))


def compare_answers(
    database: Database, archive: ArchiveReader, tables: Collection[str], *, is_same: bool
) -> bool | None:
    """Return whether the answers are the same; None where the rows are no longer those of then."""
    if is_same:
        return True
    then = {one.name: one.sha256 for one in archive.manifest.tables if one.name in tables}
    return None if hash_tables(database, tables) != then else False
