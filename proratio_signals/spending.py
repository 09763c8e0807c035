"""What the voters cost: by day and provider from the money that was charged, by pair from votes.

Two tables tell it. `spending` has every call that wanted money, also those whose answer was lost;
the ledger's `opinion` has what each recorded vote cost. They differ only by calls that never came
to a vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from proratio_core.database import Database
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.calls import UNANSWERED
from proratio_signals.probes import PROBE_EXCHANGE
from proratio_signals.profile import RULES
from proratio_signals.wrappers.breaker import COOL_DOWN_S, OPENS_AFTER, OUTAGES, BreakerState

__all__ = [
    "Cost",
    "Grouping",
    "ProviderHealth",
    "break_even_edge_frac",
    "cost_of_votes_usd",
    "costs",
    "provider_health",
    "run_cost_usd",
]

_UNSENT: Final = ("SUSPENDED", "CANCELLED", UNANSWERED)
"""Outcomes of reservations for which nothing was sent or nothing carried out."""

_BY_CALL: Final = (
    "SELECT {column}::text, count(*), count(*) FILTER (WHERE outcome = 'OPINION'), "
    "coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), "
    "coalesce(sum(settled_usd), 0), "
    "coalesce(sum(reserved_usd) FILTER (WHERE settled_usd IS NULL), 0) "
    "FROM spending WHERE day >= %s AND (outcome IS NULL OR outcome <> ALL(%s)) "
    "GROUP BY 1 ORDER BY 1"
)
_BY_PAIR: Final = (
    "SELECT CASE WHEN exchange = %s THEN 'frozen probes' ELSE symbol END, count(*), "
    "count(opinion.action), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), "
    "coalesce(sum(cost_usd), 0), 0 FROM opinion "
    "JOIN vote ON vote.id = vote_id JOIN series ON series.id = series_id "
    "WHERE provider <> %s AND recorded_at >= %s GROUP BY 1 ORDER BY 1"
)
_USED: Final = (
    "SELECT coalesce(sum(cost_usd), 0) FROM opinion WHERE vote_id IN ("
    "SELECT DISTINCT ON (as_of) vote.id FROM vote JOIN series ON series.id = series_id "
    "JOIN profile ON profile.id = profile_id WHERE exchange = %s AND symbol = %s "
    "AND timeframe = %s AND kind = %s AND profile.hash = %s AND vote.id <= %s "
    "AND as_of > coalesce(%s::timestamptz, '-infinity') "
    "AND as_of <= coalesce(%s::timestamptz, 'infinity') ORDER BY as_of, attempt DESC)"
)


class Grouping(StrEnum):
    """What costs are summed over."""

    DAY = "day"
    PROVIDER = "provider"
    PAIR = "pair"


class Cost(NamedTuple):
    """What one group of calls cost.

    Parameters
    ----------
    group
        The day, provider or pair.
    calls, answered
        Calls sent, and those that came back with an opinion.
    input_tokens, output_tokens
        As the providers counted them.
    spent_usd
        Charged for calls that are over.
    reserved_usd
        Set aside for calls under way, or whose process died.
    """

    group: str
    calls: int
    answered: int
    input_tokens: int
    output_tokens: int
    spent_usd: float
    reserved_usd: float

    @property
    def call_usd(self) -> float | None:
        """What a call cost on average; None without calls."""
        return (self.spent_usd + self.reserved_usd) / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """How a provider's last calls went, whichever process made them.

    Parameters
    ----------
    provider
        Who.
    state
        What the breaker of a process that made all these calls would do now.
    failures
        Calls in a row that found the provider not there.
    last_outcome, last_at
        How the last call ended, and when.
    """

    provider: str
    state: BreakerState
    failures: int
    last_outcome: str
    last_at: datetime


def costs(database: Database, grouping: Grouping, *, since: date) -> tuple[Cost, ...]:
    """Return what was spent from the UTC day `since` on, a row a group, in order."""
    with database.transaction() as cursor:
        if grouping is Grouping.PAIR:
            cursor.execute(_BY_PAIR, (PROBE_EXCHANGE, RULES, since))
        else:
            cursor.execute(_BY_CALL.format(column=grouping.value), (since, list(_UNSENT)))
        return tuple(Cost(*row) for row in cursor.fetchall())


def provider_health(database: Database, *, now: datetime) -> tuple[ProviderHealth, ...]:
    """Return how every provider that was ever called does, by name."""
    with database.transaction() as cursor:
        cursor.execute(
            "WITH call AS (SELECT provider, outcome, settled_at, id, outcome = ANY(%s) AS failed "
            "FROM spending WHERE outcome IS NOT NULL AND outcome <> ALL(%s)), "
            "worked AS (SELECT provider, max(settled_at) AS at FROM call WHERE NOT failed "
            "GROUP BY provider) "
            "SELECT provider, count(*) FILTER (WHERE failed AND settled_at > "
            "coalesce(worked.at, '-infinity')), "
            "(array_agg(outcome ORDER BY settled_at DESC, id DESC))[1], max(settled_at) "
            "FROM call LEFT JOIN worked USING (provider) GROUP BY provider ORDER BY provider",
            ([*OUTAGES], [*_UNSENT, "CancelledError"]),
        )
        rows = cursor.fetchall()
    return tuple(
        ProviderHealth(provider, _state(failures, (now - at).total_seconds()), failures, last, at)
        for provider, failures, last, at in rows
    )


def run_cost_usd(
    database: Database,
    keys: Iterable[SeriesKey],
    *,
    profile_hash: str,
    timerange: Timerange,
    newest_vote: int,
) -> float:
    """Return what the votes that a run could read cost, in US dollars; rules cost nothing.

    Parameters
    ----------
    keys, profile_hash
        Whose votes on what.
    timerange
        Open times of the run's candles; a candle's vote is given at its close.
    newest_vote
        Votes with a higher id came after the run.
    """
    with database.transaction() as cursor:
        total_usd = 0.0
        for key in keys:
            series = (key.exchange, str(key.pair), key.timeframe.value, key.kind.value)
            span = (timerange.start, timerange.end)
            cursor.execute(_USED, (*series, profile_hash, newest_vote, *span))
            total_usd += (cursor.fetchone() or (0.0,))[0]
    return total_usd


def cost_of_votes_usd(database: Database, vote_ids: Iterable[int]) -> Mapping[int, float]:
    """Return what each of these votes cost, by its id; unknown ids are left out."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT vote_id, coalesce(sum(cost_usd), 0) FROM opinion WHERE vote_id = ANY(%s) "
            "GROUP BY vote_id",
            (list(vote_ids),),
        )
        return dict(cursor.fetchall())


def break_even_edge_frac(cost_usd: float, *, stake_usd: float) -> float:
    """Return the gain a position has to make to pay for what was asked about it.

    It is cost / stake: a vote of 0.02 USD on a stake of 100 USD needs 0.0002, two hundredths of a
    percent, beyond fees and slippage. When only one vote in n leads to a position, the position
    pays for all n: pass their sum.

    Examples
    --------
    >>> break_even_edge_frac(0.02, stake_usd=100)
    0.0002
    """
    return cost_usd / stake_usd


def _state(failures: int, age_s: float) -> BreakerState:
    if failures < OPENS_AFTER:
        return BreakerState.CLOSED
    return BreakerState.OPEN if age_s < COOL_DOWN_S else BreakerState.HALF_OPEN
