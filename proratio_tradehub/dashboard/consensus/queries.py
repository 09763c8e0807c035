"""What the page Consensus reads; each list has an end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from proratio_core.database import Database
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.figures import Bench, Line, Sheet
from proratio_tradehub.dashboard.reading import rows

__all__ = ["read_benches", "read_history", "read_sheet"]

_BENCHES: Final = (
    "SELECT series.id, profile.id, symbol, timeframe, profile.name, "
    "(profile.document->>'threshold')::float8, newest.id "
    "FROM series, profile, LATERAL (SELECT id, as_of FROM vote WHERE series_id = series.id "
    "AND profile_id = profile.id ORDER BY as_of DESC, attempt DESC LIMIT 1) AS newest "
    "WHERE exchange = %s ORDER BY newest.as_of DESC, symbol, timeframe LIMIT 200"
)
_LINES: Final = (
    "SELECT id, as_of, action, score, dissent, participation, degraded FROM vote "
    "WHERE series_id = %(series)s AND profile_id = %(profile)s "
    "AND as_of > coalesce(%(since)s::timestamptz, '-infinity') "
    "AND action = ANY(%(actions)s) AND (NOT %(degraded)s OR degraded) "
    "AND (%(words)s = '' OR EXISTS (SELECT FROM opinion WHERE vote_id = vote.id AND "
    "(strpos(lower(reasoning), %(words)s) > 0 OR strpos(lower(detail), %(words)s) > 0))) "
    "ORDER BY as_of DESC, attempt DESC LIMIT %(most)s"
)


def read_benches(database: Database, exchange: str) -> tuple[Bench, ...]:
    """Return every panel on every series of an exchange, the last heard of first."""
    return tuple(Bench(*row) for row in rows(database, _BENCHES, (exchange,)))


def read_sheet(database: Database, vote_id: int) -> Sheet | None:
    """Return a vote with all that was said; None when there is no such vote."""
    ledger = Ledger(database)
    vote = ledger.get(vote_id)
    if vote is None:
        return None
    ballots = sorted(ledger.ballots(vote_id), key=lambda one: -one.voter.weight)
    line = Line(
        *(vote.id, vote.question.as_of, vote.action, vote.score, vote.dissent),
        *(vote.participation, vote.degraded),
    )
    return Sheet(line, vote.available_at, vote.origin.value, tuple(ballots))


def read_history(
    database: Database,
    bench: Bench,
    *,
    since: datetime | None,
    actions: frozenset[Action],
    degraded: bool,
    words: str,
    most: int,
) -> tuple[Line, ...]:
    """Return votes of a panel on a series, the newest first.

    Parameters
    ----------
    bench
        The panel and the series.
    since
        Only candles that closed after it; None is all.
    actions
        What they came to; none means any.
    degraded
        Only those in which somebody abstained.
    words
        What somebody said in it, in any case of letters.
    most
        No more than so many.
    """
    values = {
        "series": bench.series_id,
        "profile": bench.profile_id,
        "since": since,
        "actions": sorted(action.code for action in actions or frozenset(Action)),
        "degraded": degraded,
        "words": words.strip().lower(),
        "most": most,
    }
    return tuple(
        Line(vote_id, as_of, Action.from_code(action), *rest)
        for vote_id, as_of, action, *rest in rows(database, _LINES, values, most=most)
    )
