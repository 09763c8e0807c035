"""A ledger that knew too much is found out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_signals.causality import unfounded_votes
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.profile import Profile, load_profile
from proratio_signals.questions import Question

_KEY = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)
_HOUR = timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> CandleStore:
    store = CandleStore(database)
    span = Timerange.parse("20240101-20240201")
    store_scenario(store, (_KEY.pair,), (_KEY.timeframe,), timerange=span)
    return store


@pytest.fixture
def profile() -> Profile:
    return load_profile("offline")


def decide(
    database: Database, profile: Profile, folder: Path, *, peek: timedelta
) -> tuple[Decision, ...]:
    """Judge ten candles, each with the candles known `peek` after it closed."""

    async def consider() -> tuple[Decision, ...]:
        settings = Settings(PRORATIO_USER_DATA=folder)
        async with open_advisor(settings, database, profile, clock=SystemClock()) as advisor:
            decisions = []
            for number in range(10):
                later = Question(_KEY, Timerange.parse("20240120-").start + number * _HOUR + peek)
                decision = await advisor.consider(
                    later, advisor.snapshot(later), origin=Origin.BACKFILL
                )
                claimed = Question(_KEY, later.as_of - peek)
                decisions.append(
                    replace(
                        decision,
                        question=claimed,
                        available_at=decision.available_at - peek,
                    )
                )
            return tuple(decisions)

    return asyncio.run(consider())


def test_honest_ledger_has_no_unfounded_vote(
    database: Database, store: CandleStore, profile: Profile, tmp_path: Path
) -> None:
    ledger = Ledger(database)
    ledger.record(decide(database, profile, tmp_path, peek=timedelta(0)), profile)
    assert unfounded_votes(ledger, store, _KEY, profile_hash=profile.hash) == ()


def test_leaking_ledger_is_caught_vote_by_vote(
    database: Database, store: CandleStore, profile: Profile, tmp_path: Path
) -> None:
    ledger = Ledger(database)
    ledger.record(decide(database, profile, tmp_path, peek=_HOUR), profile)
    assert len(unfounded_votes(ledger, store, _KEY, profile_hash=profile.hash)) == 10


def test_vote_on_candles_that_were_corrected_since_is_unfounded(
    database: Database, store: CandleStore, profile: Profile, tmp_path: Path
) -> None:
    ledger = Ledger(database)
    ledger.record(decide(database, profile, tmp_path, peek=timedelta(0)), profile)
    last = store.read(_KEY, Timerange.parse("20240120-")).iloc[[8]]
    store.write(_KEY, last.assign(volume=last["volume"] + 1))
    unfounded = unfounded_votes(ledger, store, _KEY, profile_hash=profile.hash)
    assert len(unfounded) == 1


def test_series_nobody_voted_on_has_none(
    database: Database, store: CandleStore, profile: Profile
) -> None:
    assert unfounded_votes(Ledger(database), store, _KEY, profile_hash=profile.hash) == ()
