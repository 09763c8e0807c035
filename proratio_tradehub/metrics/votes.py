"""What the signal service tells: votes as they are given, its condition, its money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.health import Condition, Health
from proratio_signals.opinions import Abstention, Action, Ballot
from proratio_signals.profile import Profile
from proratio_signals.records import Decision
from proratio_signals.spending import Grouping, costs, provider_health
from proratio_signals.wrappers.breaker import BreakerState
from proratio_tradehub.metrics.endpoint import Sources
from proratio_tradehub.metrics.families import Sample, counter, histogram, one_of

__all__ = [
    "VoteCounters",
    "condition_samples",
    "money_samples",
    "service_sources",
    "waiting_samples",
]

_log = structlog.get_logger(__name__)

_STATEMENT_LIMIT_MS: Final = 2_000
_BUCKETS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)


class VoteCounters:
    """Counts the votes of one profile as they are given, in `registry`."""

    def __init__(self, profile: Profile) -> None:
        self.registry = registry = CollectorRegistry()
        self._profile = profile.name
        self._votes = counter("proratio_votes_total", registry)
        self._opinions = counter("proratio_opinions_total", registry)
        self._abstentions = counter("proratio_abstentions_total", registry)
        self._cost_usd = counter("proratio_call_cost_usd_total", registry)
        self._durations = histogram("proratio_call_duration_seconds", registry, buckets=_BUCKETS_S)
        for action in Action:  # what has not happened yet is 0, not unknown
            self._votes.labels(profile.name, action.value, "false")
            for voter in profile.voters:
                self._opinions.labels(voter.provider, action.value)
                self._cost_usd.labels(voter.provider)

    def add(self, decision: Decision) -> None:
        """Count a vote; an error here is logged and costs nobody an answer."""
        try:
            self._count(decision)
        except Exception:  # noqa: BLE001  # the border of the gauges: the service goes on
            _log.exception("vote_not_counted", question=str(decision.question))

    def _count(self, decision: Decision) -> None:
        consensus = decision.consensus
        degraded = str(consensus.degraded).lower()
        self._votes.labels(self._profile, consensus.action.value, degraded).inc()
        for ballot in consensus.ballots:
            self._add(ballot)

    def _add(self, ballot: Ballot) -> None:
        provider, answer = ballot.voter.provider, ballot.answer
        self._durations.labels(provider).observe(answer.latency_s)
        self._cost_usd.labels(provider).inc(answer.cost_usd or 0.0)
        if isinstance(answer.result, Abstention):
            self._abstentions.labels(provider, answer.result.kind.value).inc()
        else:
            self._opinions.labels(provider, answer.result.action.value).inc()


def service_sources(
    settings: Settings,
    database: Database,
    profile: Profile,
    health: Callable[[], Health | None],
    *,
    clock: Clock,
) -> Sources:
    """Return what `proratio signals serve` tells besides the votes it counts.

    Parameters
    ----------
    settings, database
        Whose service it is.
    profile
        Whose questions it answers.
    health
        Returns its last report.
    clock
        The time it is.
    """
    patient = Database(database.url, statement_timeout_ms=_STATEMENT_LIMIT_MS)
    limit_usd = settings.daily_budget_usd
    return {
        "service": lambda: condition_samples(health()),
        "questions": lambda: waiting_samples(patient, profile),
        "money": lambda: money_samples(patient, clock.now(), limit_usd),
    }


def condition_samples(health: Health | None) -> Iterator[Sample]:
    """Yield what the service's last report says; nothing before the first."""
    if health is None:
        return
    profile = health.profile
    conditions = [one.value for one in Condition]
    yield from one_of("proratio_service_condition", conditions, health.condition.value, profile)
    yield "proratio_service_report_timestamp_seconds", (profile,), health.updated_at.timestamp()
    settled = "proratio_questions_settled_total"
    yield settled, (profile, "answered"), float(health.answered)
    yield settled, (profile, "failed"), float(health.failed)
    yield "proratio_questions_under_way", (profile,), float(health.under_way)


def waiting_samples(database: Database, profile: Profile) -> Iterator[Sample]:
    """Yield how many questions nobody has taken."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT count(*) FROM question WHERE state = 'open' "
            "AND profile_id = (SELECT id FROM profile WHERE hash = %s)",
            (profile.hash,),
        )
        (count,) = cursor.fetchone() or (0,)
    yield "proratio_questions_waiting", (profile.name,), float(count)


def money_samples(database: Database, now: datetime, limit_usd: float) -> Iterator[Sample]:
    """Yield today's spending and how every provider that was ever called does."""
    rows = costs(database, Grouping.DAY, since=now.date())
    today_usd = sum(row.spent_usd + row.reserved_usd for row in rows)
    yield "proratio_spending_today_usd", (), today_usd
    yield "proratio_spending_limit_usd", (), limit_usd
    states = [state.value for state in BreakerState]
    for one in provider_health(database, now=now):
        yield from one_of("proratio_provider_breaker_state", states, one.state.value, one.provider)
        failures = float(one.failures)
        yield "proratio_provider_failures_in_a_row", (one.provider,), failures
