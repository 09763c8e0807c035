"""The ledger's tables as the rows of an archive: read in pages, and added to in a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg2 import extensions
from psycopg2.extras import execute_values

from proratio_core.errors import DataError
from proratio_signals.archive_file import BALLOT_FLOATS, IDENTITY, Row, canonical, name_of
from proratio_signals.ledger import LOCK_SPACE
from proratio_signals.records import BALLOT_COLUMNS

__all__ = ["FROM_VOTES", "ArchiveTarget", "read_rows"]

FROM_VOTES: Final = (
    "FROM vote JOIN series ON series.id = series_id JOIN profile ON profile.id = profile_id "
)

_BALLOT_NAMES: Final = tuple(BALLOT_COLUMNS.split(", "))
_PAGE: Final = 1_000
_SELECT: Final = (
    "SELECT exchange, symbol, timeframe, kind, hash AS profile_hash, as_of, attempt, "  # noqa: S608
    "available_at, recorded_at, origin, vote.action, score, dissent, participation, degraded, "
    "snapshot_hash, (SELECT snapshot.document FROM snapshot WHERE snapshot.hash = snapshot_hash) "
    "AS snapshot, (SELECT json_agg(opinion) FROM opinion WHERE vote_id = vote.id) AS ballots "
    f"{FROM_VOTES}"
)
_ORDER: Final = (
    'ORDER BY exchange COLLATE "C", symbol COLLATE "C", timeframe COLLATE "C", kind COLLATE "C", '
    'hash COLLATE "C", as_of, attempt'
)
_VOTE_VALUES: Final = (
    *("available_at", "recorded_at", "origin", "action", "score", "dissent", "participation"),
    *("degraded", "snapshot_hash"),
)
_INSERT_VOTES: Final = (
    "INSERT INTO vote (series_id, profile_id, as_of, attempt, available_at, recorded_at, origin, "
    "action, score, dissent, participation, degraded, snapshot_hash) VALUES %s "
    "RETURNING series_id, profile_id, as_of, attempt, id"
)


def read_rows(
    cursor: extensions.cursor, conditions: str, parameters: Mapping[str, object]
) -> Iterator[Sequence[Row]]:
    """Yield the votes that `conditions` (a WHERE clause) choose, page by page, in file order."""
    with cursor.connection.cursor(name="ledger_export") as stream:
        stream.execute(f"{_SELECT} {conditions} {_ORDER}", parameters)
        while values := stream.fetchmany(_PAGE):
            names = [column.name for column in stream.description or ()]
            yield [_row(names, one) for one in values]


class ArchiveTarget:
    """The ledger under import, inside one transaction.

    Parameters
    ----------
    cursor
        The transaction.
    profiles
        Documents by hash; those that are not stored yet are added.
    series
        Names of series; added, and locked as the ledger locks them when it records.
    """

    def __init__(
        self,
        cursor: extensions.cursor,
        profiles: Mapping[str, Mapping[str, Any]],
        series: Sequence[str],
    ) -> None:
        self._cursor = cursor
        self._profile_ids = {
            hash_: _id_of(
                cursor,
                "profile",
                {"hash": hash_},
                {"name": document["name"], "document": json.dumps(document)},
            )
            for hash_, document in profiles.items()
        }
        columns = ("exchange", "symbol", "timeframe", "kind")
        self._series_ids = {
            tuple(name.split(" ")): _id_of(
                cursor, "series", dict(zip(columns, name.split(" "), strict=True)), {}
            )
            for name in series
        }
        for series_id in sorted(self._series_ids.values()):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_SPACE, series_id))

    def add(self, rows: Sequence[Row]) -> int:
        """Insert what is missing of `rows`; return how many."""
        self._ensure_snapshots({row["snapshot_hash"]: row["snapshot"] for row in rows})
        stored = self._stored(rows)
        missing = [row for row in rows if self._key(row) not in stored]
        for row in rows:
            known = stored.get(self._key(row))
            if known is not None and known != row:
                raise DataError(
                    f"{name_of(row)}: the file and this ledger hold different votes; what was said "
                    "is never changed. Import into another database to compare them"
                )
        if missing:
            self._insert(missing)
        return len(missing)

    def _key(self, row: Row) -> tuple[Any, ...]:
        series = self._series_ids[tuple(row[name] for name in IDENTITY[:4])]
        return series, self._profile_ids[row["profile_hash"]], row["as_of"], row["attempt"]

    def _ensure_snapshots(self, documents: Mapping[str, str]) -> None:
        inserted = execute_values(
            self._cursor,
            "INSERT INTO snapshot (hash, document) VALUES %s ON CONFLICT DO NOTHING RETURNING hash",
            sorted(documents.items()),
            page_size=_PAGE,
            fetch=True,
        )
        known = documents.keys() - {hash_ for (hash_,) in inserted}
        self._cursor.execute(
            "SELECT hash, document FROM snapshot WHERE hash = ANY(%s)", (sorted(known),)
        )
        for hash_, document in self._cursor.fetchall():
            if document != json.loads(documents[hash_]):
                raise DataError(
                    f"snapshot {hash_[:12]} of the file says otherwise than the one stored here; "
                    "nothing was imported"
                )

    def _stored(self, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
        found = execute_values(
            self._cursor,
            f"{_SELECT} JOIN (VALUES %s) AS given (in_series, of_profile, on_close, nth) "
            "ON series_id = in_series AND profile_id = of_profile AND as_of = on_close "
            "AND attempt = nth",
            [self._key(row) for row in rows],
            template="(%s, %s, %s::timestamptz, %s)",
            page_size=_PAGE,
            fetch=True,
        )
        columns = self._cursor.description or ()
        stored = (_row([column.name for column in columns], values) for values in found)
        return {self._key(row): row for row in stored}

    def _insert(self, rows: Sequence[Row]) -> None:
        inserted = execute_values(
            self._cursor,
            _INSERT_VOTES,
            [(*self._key(row), *(row[name] for name in _VOTE_VALUES)) for row in rows],
            page_size=_PAGE,
            fetch=True,
        )
        ids = {tuple(key): number for *key, number in inserted}
        execute_values(
            self._cursor,
            f"INSERT INTO opinion (vote_id, {BALLOT_COLUMNS}) VALUES %s",  # noqa: S608
            [
                (ids[self._key(row)], *(_stored_value(ballot[name]) for name in _BALLOT_NAMES))
                for row in rows
                for ballot in row["ballots"]
            ],
            page_size=_PAGE,
        )


def _id_of(
    cursor: extensions.cursor, table: str, key: Mapping[str, str], rest: Mapping[str, str]
) -> int:
    """Return the id of the row with this key, inserting it when new."""
    values = {**key, **rest}
    places = ", ".join(["%s"] * len(values))
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}) "  # noqa: S608
        "ON CONFLICT DO NOTHING",
        tuple(values.values()),
    )
    condition = " AND ".join(f"{name} = %s" for name in key)
    cursor.execute(f"SELECT id FROM {table} WHERE {condition}", tuple(key.values()))  # noqa: S608
    (found,) = cursor.fetchone() or (0,)
    return int(found)


def _row(names: Sequence[str], values: Sequence[Any]) -> Row:
    """Return a vote as archives hold it from what `_SELECT` gave."""
    row = dict(zip(names, values, strict=True))
    row["snapshot"] = canonical(row["snapshot"]).decode().rstrip("\n")
    ballots = [{name: ballot[name] for name in _BALLOT_NAMES} for ballot in row["ballots"] or ()]
    for ballot in ballots:  # JSON writes the float 1.0 as 1
        ballot |= {name: float(ballot[name]) for name in BALLOT_FLOATS if ballot[name] is not None}
    row["ballots"] = sorted(ballots, key=lambda ballot: str(ballot["voter"]))
    return row


def _stored_value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value
