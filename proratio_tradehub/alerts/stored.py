"""What is stored and not told yet, summarised: any number of rows is a few messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_signals.probes import PROBE_EXCHANGE
from proratio_signals.profile import Profile
from proratio_signals.scoring.drift import alert_of
from proratio_signals.scoring.probe_record import read_drift
from proratio_tradehub.alerts.cursor import Position
from proratio_tradehub.alerts.news import DegradedVotes, DriftAlarm, Incidents, Refusals
from proratio_tradehub.journal import JournalEntry, Kind, incident_line, read_entries
from proratio_tradehub.marks import Mark

__all__ = [
    "begin_incidents",
    "begin_refusals",
    "begin_votes",
    "degraded_votes",
    "drift_alarms",
    "incidents",
    "refusals",
]

_Rows = list[tuple[Any, ...]]
_NEWEST = 4


def degraded_votes(
    database: Database, position: Position
) -> tuple[tuple[DegradedVotes, ...], Position]:
    """Return the live votes without every voter that `position` has not told, one news a mark.

    Probes do not count: no entry depends on them.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT vote.id, exchange, vote.action, available_at FROM vote "
            "JOIN series ON series.id = series_id WHERE vote.id > %s AND vote.id <> ALL(%s) "
            "AND degraded AND origin = 'live' AND exchange <> %s ORDER BY available_at",
            (position.above, list(position.told), PROBE_EXCHANGE),
        )
        rows = cursor.fetchall()
        by_mark: dict[Mark, _Rows] = {}
        for row in rows:
            by_mark.setdefault(Mark.of_exchange(row[1]), []).append(row)
        news = tuple(_degraded(cursor, mark, some) for mark, some in by_mark.items())
    return news, position.after([row[0] for row in rows])


def refusals(database: Database, position: Position) -> tuple[tuple[Refusals, ...], Position]:
    """Return the refused entries that `position` has not told, one news an account.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT id, account, rule, strategy || ' ' || symbol || ': ' || "
            "coalesce(reasons -> 0 ->> 'message', ''), refused_at FROM refusal "
            "WHERE id > %s AND id <> ALL(%s) ORDER BY refused_at",
            (position.above, list(position.told)),
        )
        rows = cursor.fetchall()
    by_account: dict[str, _Rows] = {}
    for row in rows:
        by_account.setdefault(row[1], []).append(row)
    news = tuple(_refused(account, some) for account, some in by_account.items())
    return news, position.after([row[0] for row in rows])


def incidents(database: Database, position: Position) -> tuple[tuple[Incidents, ...], Position]:
    """Return what went wrong and `position` has not told, one news an account.

    Raises
    ------
    TransientError
        The database is away.
    """
    found = read_entries(database, kinds=(Kind.INCIDENT,), above_id=position.above)
    by_account: dict[str, list[JournalEntry]] = {}
    for entry in found:
        if entry.id not in position.told:
            by_account.setdefault(entry.account, []).append(entry)
    news = tuple(_incidents(account, some) for account, some in by_account.items())
    return news, position.after([entry.id for entry in found if entry.id is not None])


def drift_alarms(database: Database, profile: Profile, *, now: datetime) -> tuple[DriftAlarm, ...]:
    """Return the alarm of each voter of `profile` that no longer answers as it did.

    Raises
    ------
    TransientError
        The database is away.
    """
    return tuple(
        DriftAlarm(Mark.EVERY_BOT, now, drift.voter, alarm)
        for drift in read_drift(database, profile, until=now)
        if (alarm := alert_of(drift)) is not None
    )


def begin_votes(database: Database) -> Position:
    """Return the position from which only votes recorded from now on are told."""
    return degraded_votes(database, _end(database, "SELECT coalesce(max(id), 0) FROM vote"))[1]


def begin_refusals(database: Database) -> Position:
    """Return the position from which only refusals recorded from now on are told."""
    return refusals(database, _end(database, "SELECT coalesce(max(id), 0) FROM refusal"))[1]


def begin_incidents(database: Database) -> Position:
    """Return the position from which only incidents recorded from now on are told."""
    end = _end(database, "SELECT coalesce(max(id), 0) FROM journal_entry")
    return incidents(database, end)[1]


def _end(database: Database, query: str) -> Position:
    with database.transaction() as cursor:
        cursor.execute(query)
        return Position(*cursor.fetchall()[0])


def _degraded(cursor: Any, mark: Mark, rows: _Rows) -> DegradedVotes:
    ids = [row[0] for row in rows]
    cursor.execute(
        "SELECT voter, abstention, count(*) FROM opinion WHERE vote_id = ANY(%s) "
        "AND abstention IS NOT NULL GROUP BY voter, abstention ORDER BY count(*) DESC, voter",
        (ids,),
    )
    absences = tuple(cursor.fetchall())
    cursor.execute(
        "SELECT detail FROM opinion WHERE vote_id = %s AND abstention IS NOT NULL "
        "ORDER BY weight DESC LIMIT 1",
        (ids[-1],),
    )
    return DegradedVotes(
        mark,
        since=rows[0][3],
        at=rows[-1][3],
        votes=len(rows),
        without_entry=sum(row[2] == Action.HOLD.code for row in rows),
        absences=absences,
        example=str((cursor.fetchone() or ("",))[0]),
    )


def _refused(account: str, rows: _Rows) -> Refusals:
    return Refusals(
        Mark.of_account(account),
        since=rows[0][4],
        at=rows[-1][4],
        account=account,
        by_rule=_counted(row[2] for row in rows),
        example=rows[-1][3],
    )


def _incidents(account: str, entries: list[JournalEntry]) -> Incidents:
    return Incidents(
        Mark.of_account(account),
        since=entries[0].at,
        at=entries[-1].at,
        account=account,
        count=len(entries),
        newest=tuple(map(incident_line, entries[-_NEWEST:])),
    )


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
