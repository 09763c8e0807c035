"""What the ledger has of the frozen probes: which are due, and how they were answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from proratio_core.database import Database
from proratio_signals.probes import PROBE_EXCHANGE
from proratio_signals.profile import Profile
from proratio_signals.scoring.drift import EARLIER, RECENT, Drift, ProbeAnswer, drifts_of
from proratio_signals.siblings import read_siblings
from proratio_signals.snapshot import Snapshot

__all__ = ["due_probes", "read_drift"]


def due_probes(
    database: Database, profile: Profile, probes: Iterable[Snapshot], *, on: date
) -> tuple[Snapshot, ...]:
    """Return the probes that `profile` has not been asked on the UTC day `on`.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT snapshot_hash FROM vote WHERE series_id IN "
            "(SELECT id FROM series WHERE exchange = %s) "
            "AND profile_id = (SELECT id FROM profile WHERE hash = %s) AND available_at >= %s",
            (PROBE_EXCHANGE, profile.hash, datetime.combine(on, time(), UTC)),
        )
        asked = {row[0] for row in cursor.fetchall()}
    return tuple(probe for probe in probes if probe.hash not in asked)


def read_drift(database: Database, profile: Profile, *, until: datetime) -> tuple[Drift, ...]:
    """Return whether the voters of `profile` answer the probes as they did before.

    Parameters
    ----------
    database
        Where the ledger is.
    profile
        Whose voters. What other names or stakes of the same panel were asked counts as well.
    until
        The moment this is read for.

    Raises
    ------
    TransientError
        The database is away.
    """
    hashes = list(read_siblings(database, profile).repeats)
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT voter, served_model, prompt_hash, available_at, opinion.action, confidence "
            "FROM vote JOIN opinion ON vote_id = vote.id WHERE series_id IN "
            "(SELECT id FROM series WHERE exchange = %s) "
            "AND profile_id IN (SELECT id FROM profile WHERE hash = ANY(%s)) "
            "AND available_at <= %s AND available_at > %s AND opinion.action IS NOT NULL",
            (PROBE_EXCHANGE, hashes, until, until - 2 * (EARLIER + RECENT)),
        )
        rows = cursor.fetchall()
    voters = [voter.name for voter in profile.voters]
    return drifts_of((ProbeAnswer(*row) for row in rows), voters)
