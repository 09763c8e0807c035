"""What the consensus did in a period on an account's market, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from proratio_core.database import Database
from proratio_tradehub.reports.period import Period

__all__ = ["Advice", "read_advice"]


@dataclass(frozen=True, slots=True)
class Advice:
    """Live votes on one market.

    Parameters
    ----------
    votes, degraded
        How many, and how many of them lacked a voter.
    cost_usd
        What their answers cost, as far as the providers stated it.
    """

    votes: int = 0
    degraded: int = 0
    cost_usd: float = 0.0

    @property
    def degraded_frac(self) -> float | None:
        """Share of votes that lacked a voter, 0 to 1; None without a vote."""
        return self.degraded / self.votes if self.votes else None


def read_advice(database: Database, source: str, period: Period) -> Advice:
    """Return what was recorded live on `source`, whoever asked.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "WITH live AS (SELECT vote.id, degraded FROM vote JOIN series ON series.id = series_id "
            "WHERE exchange = %s AND origin = 'live' AND available_at >= %s AND available_at < %s) "
            "SELECT count(*), count(*) FILTER (WHERE degraded), "
            "coalesce((SELECT sum(cost_usd) FROM opinion JOIN live ON live.id = vote_id), 0) "
            "FROM live",
            (source, period.since, period.until),
        )
        return Advice(*(cursor.fetchone() or ()))
