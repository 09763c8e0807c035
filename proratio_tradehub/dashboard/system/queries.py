"""What the page System reads: how providers answer, what the server is, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proratio_core.database import Database
from proratio_core.database.schema import HEAD
from proratio_signals.spending import ProviderHealth, provider_health
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.journal import JournalEntry, Kind, read_entries

__all__ = ["Latency", "Providers", "Server", "read_failures", "read_providers", "read_server"]

_LATENCIES: Final = (
    "SELECT provider, count(*), count(*) FILTER (WHERE abstention IS NOT NULL), "
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_s), "
    "percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_s) "
    "FROM series, profile, LATERAL (SELECT id FROM vote WHERE series_id = series.id "
    "AND profile_id = profile.id AND as_of >= %s) AS recent JOIN opinion ON vote_id = recent.id "
    "GROUP BY provider ORDER BY provider"
)
_SERVER: Final = (
    "SELECT current_setting('server_version'), (SELECT version_num FROM alembic_version), "
    "pg_database_size(current_database())"
)
_DAY: Final = timedelta(days=1)
_LOOK_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Latency:
    """How a provider's voters answered within a day; half and 95 of 100 took no longer."""

    provider: str
    answers: int
    abstained: int
    half_s: float
    most_s: float


@dataclass(frozen=True, slots=True)
class Providers:
    """Latencies of a day, and how the last calls went: a breaker for each provider."""

    latencies: tuple[Latency, ...]
    breakers: tuple[ProviderHealth, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """PostgreSQL: its version, the migration it has, the one this program expects, its size."""

    version: str
    migration: str
    expected: str
    size_bytes: int


def read_providers(database: Database, now: datetime) -> Providers:
    """Return how the providers of language models answer."""
    found = rows(database, _LATENCIES, (now - _DAY,))
    return Providers(tuple(Latency(*row) for row in found), provider_health(database, now=now))


def read_server(database: Database) -> Server:
    """Return what the server says of itself."""
    ((version, migration, size),) = rows(database, _SERVER)
    return Server(version, migration, HEAD, size)


def read_failures(database: Database, now: datetime, *, most: int) -> tuple[JournalEntry, ...]:
    """Return the last incidents of every account, the newest first."""
    found = read_entries(database, since=now - _LOOK_BACK, kinds=(Kind.INCIDENT,), newest=most)
    return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))
