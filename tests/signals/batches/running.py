"""A backfill in batches against the fake providers, as a test wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proratio_core.clock import Clock, FixedClock, SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.batches import BatchReport, Waiting, backfill_in_batches, open_office
from proratio_signals.ledger import Ledger
from proratio_signals.models import load_models
from proratio_signals.opinions import Ballot
from proratio_signals.profile import Profile, load_profile
from proratio_signals.questions import Question
from tests.signals.samples import BTC, close_of
from tests.wire.fake_providers import FakeProviders

PROFILE = load_profile("consensus")
QUESTIONS = [Question(BTC, close_of(index)) for index in range(260, 272)]
FEW = QUESTIONS[:4]
PROVIDERS = ("openai", "anthropic", "gemini")


def fill(
    settings: Settings,
    database: Database,
    questions: Sequence[Question] = QUESTIONS,
    *,
    profile: Profile = PROFILE,
    retry_degraded: bool = False,
    clock: Clock | None = None,
    arrives_within_s: float = 0.0,
    progress: Callable[[Waiting], None] | None = None,
) -> BatchReport:
    """Run a backfill in batches to its end."""

    async def session() -> BatchReport:
        used = clock or SystemClock()
        async with open_office(
            settings, database, profile, clock=used, arrives_within_s=arrives_within_s
        ) as office:
            return await backfill_in_batches(
                questions,
                office,
                retry_degraded=retry_degraded,
                poll_s=0.01,
                progress=progress,
            )

    return asyncio.run(session())


def tomorrow() -> Clock:
    """Return a clock of the next day."""
    return FixedClock(datetime.now(UTC) + timedelta(days=1))


def money(database: Database) -> tuple[float, float]:
    """Return what is settled, and what is reserved and not settled."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(settled_usd), 0), "
            "coalesce(sum(reserved_usd) FILTER (WHERE settled_usd IS NULL), 0) FROM spending"
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1]


def endings(database: Database) -> list[tuple[str, str | None]]:
    """Return the provider of each batch and how it ended; None while it is under way."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT provider, CASE WHEN ended_at IS NULL THEN NULL ELSE detail END FROM batch "
            "ORDER BY id"
        )
        return [(provider, detail) for provider, detail in cursor.fetchall()]


def ballots_of(database: Database, question: Question) -> dict[str, Ballot]:
    """Return the ballots of the latest vote on a question, by provider."""
    ledger = Ledger(database)
    vote = ledger.find(question, PROFILE.hash)
    assert vote is not None
    return {ballot.voter.provider: ballot for ballot in ledger.ballots(vote.id)}


def bill_usd(fake: FakeProviders, user_data: Path) -> float:
    """Return what the services would charge, in batches and directly."""
    models = load_models(user_data / "models.toml")
    return fake.batches.bill_usd(models) + fake.bill_usd(models)


def votes(database: Database) -> int:
    """Return how many votes there are."""
    return len(Ledger(database).votes(BTC, PROFILE.hash))
