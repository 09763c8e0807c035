"""A ledger out to one file and in again, so that results can be reproduced without paying twice.

An import is all or nothing and may be repeated: votes that are stored already are left alone. It
believes nothing: every vote must follow from its ballots, the ballots from a profile whose hash is
right, nothing may come from the future, and nothing may differ from what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, Timerange
from proratio_signals.archive_check import ArchiveCheck
from proratio_signals.archive_file import Contents, Row, open_archive, write_archive
from proratio_signals.archive_store import ArchiveTarget, read_rows
from proratio_signals.profile import Profile

__all__ = ["ImportReport", "export_ledger", "import_ledger"]

Progress = Callable[[int, int], None]

_CHOSEN: Final = (
    "WHERE (%(profile)s IS NULL OR hash = %(profile)s) "
    "AND (%(pairs)s::text[] IS NULL OR symbol = ANY(%(pairs)s::text[])) "
    "AND as_of >= coalesce(%(start)s::timestamptz, '-infinity') "
    "AND as_of < coalesce(%(end)s::timestamptz, 'infinity') "
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Parameters
    ----------
    contents
        What the file holds.
    added, present
        How many of its votes are new here, and how many were stored before.
    """

    contents: Contents
    added: int
    present: int


def export_ledger(
    database: Database,
    path: Path,
    *,
    profile_hash: str | None = None,
    pairs: Iterable[Pair] = (),
    timerange: Timerange = Timerange(),  # noqa: B008  # frozen
    progress: Progress | None = None,
) -> Contents:
    """Write votes, with all they rest on, to one Parquet file; every attempt of each.

    Parameters
    ----------
    database
        Where the ledger is.
    path
        The file; replaced when it exists.
    profile_hash
        Whose votes; None for everybody's.
    pairs
        On which pairs, of any exchange and timeframe; none for all.
    timerange
        Span of candle *close* times.
    progress
        Called with how many votes are written and how many there are.

    Raises
    ------
    DataError
        There is no such vote.
    TransientError
        The database is away, or the file cannot be written; an older file is untouched.
    """
    chosen = {
        "profile": profile_hash,
        "pairs": [str(pair) for pair in pairs] or None,
        "start": timerange.start,
        "end": timerange.end,
    }
    with database.transaction() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        joined = "FROM vote JOIN series ON series.id = series_id JOIN profile ON profile.id = "
        cursor.execute(f"SELECT count(*) {joined} profile_id {_CHOSEN}", chosen)
        (total,) = cursor.fetchone() or (0,)
        if not total:
            raise DataError("no vote matches; `proratio signals show PAIR` lists what is recorded")
        cursor.execute(
            f"SELECT DISTINCT hash, document {joined} profile_id {_CHOSEN}",
            chosen,
        )
        profiles = dict(cursor.fetchall())
        pages = _counted(read_rows(cursor, _CHOSEN, chosen), total, progress)
        return write_archive(path, pages, profiles)


def import_ledger(
    database: Database, path: Path, *, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """Add the votes of an exported file that are not stored yet, all or none.

    Parameters
    ----------
    database
        Where the ledger is.
    path
        What `export_ledger` wrote, here or elsewhere.
    now
        The wall time; nothing in the file may be later.
    progress
        Called with how many votes are read and how many there are.

    Raises
    ------
    DataError
        The file is torn, damaged, of another format, holds something from the future, contradicts
        itself or what is stored. Nothing of it was stored.
    TransientError
        The database is away. Nothing was stored.
    """
    with open_archive(path) as archive, database.transaction() as cursor:
        profiles = {hash_: _profile(hash_, doc) for hash_, doc in archive.contents.profiles.items()}
        check = ArchiveCheck(profiles=profiles, now=now)
        target = ArchiveTarget(cursor, archive.contents.profiles, archive.contents.series)
        added = 0
        for rows in _counted(archive.batches(), archive.contents.votes, progress):
            for row in rows:
                check(row)
            added += target.add(rows)
    return ImportReport(archive.contents, added, archive.contents.votes - added)


def _profile(expected_hash: str, document: Mapping[str, Any]) -> Profile:
    try:
        profile = Profile.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise DataError(
            f"profile {expected_hash[:12]} of the file is not valid: {error}"
        ) from error
    if profile.hash != expected_hash:
        raise DataError(
            f"profile {profile.name!r} of the file hashes to {profile.hash[:12]}, the file says "
            f"{expected_hash[:12]}; it was edited"
        )
    return profile


def _counted(
    pages: Iterable[Sequence[Row]], total: int, progress: Progress | None
) -> Iterator[Sequence[Row]]:
    done = 0
    for page in pages:
        yield page
        done += len(page)
        if progress is not None:
            progress(done, total)
