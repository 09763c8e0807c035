"""The real SDKs against the fake server, day after day of a clock that is told the time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_signals.scoring.drift import DriftVerdict, alert_of
from proratio_signals.scoring.probe_record import read_drift
from proratio_signals.sentinel import ProbeReport, _alone, ask_probes, watch
from tests.wire.fake_providers import FakeProviders, opinion_text

PROFILE = load_profile("consensus")
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 1, 9, tzinfo=UTC))


@pytest.fixture
def settings(fake: FakeProviders, tmp_path: Path, database_url: str) -> Settings:
    return fake.settings(tmp_path, DATABASE_URL=database_url)


def probe(database: Database, settings: Settings, clock: FixedClock) -> ProbeReport:
    return asyncio.run(ask_probes(settings, database, PROFILE, clock=clock))


def test_probes_are_asked_once_a_day(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    first, again = (probe(database, settings, clock) for _ in range(2))
    asked = fake.count()
    clock.sleep(DAY.total_seconds())
    tomorrow = probe(database, settings, clock)

    assert (first.asked, first.asked_before, first.stopped) == (8, 0, "")
    assert (again.asked, again.asked_before) == (0, 8)
    assert (tomorrow.asked, asked, fake.count()) == (8, 24, 48)
    assert first.cost_usd > 0


def test_a_model_that_answers_otherwise_is_found(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    try:
        for day in range(6):
            if day == 3:
                clock.sleep(8 * DAY.total_seconds())
                fake.answer = opinion_text(action=Action.SELL)
            assert probe(database, settings, clock).asked == 8
            clock.sleep(DAY.total_seconds())
    finally:
        fake.answer = opinion_text()

    found = read_drift(database, PROFILE, until=clock.now())

    assert {drift.verdict for drift in found} == {DriftVerdict.CHANGED}
    assert [(drift.earlier, drift.recent, drift.same_now_frac) for drift in found] == [
        (24, 24, 0.0)
    ] * 3
    assert "24 recent against 24 earlier" in str(alert_of(found[0]))


def test_past_the_cap_nothing_is_asked_and_nothing_kept(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    poor = settings.model_copy(update={"daily_budget_usd": 0.001})

    report = probe(database, poor, clock)

    assert (report.asked, fake.count()) == (0, 0)
    assert "chatgpt" in report.stopped
    assert read_drift(database, PROFILE, until=clock.now()) == ()
    assert probe(database, settings, clock).asked == 8


def test_two_processes_do_not_ask_on_the_same_day(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    with _alone(database, PROFILE) as is_alone:
        assert is_alone
        report = probe(database, settings, clock)

    assert "another process" in report.stopped
    assert fake.count() == 0


def test_silence_is_no_answer(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    fake.outages.update(dict.fromkeys(("openai", "anthropic", "gemini"), "500"))

    report = probe(database, settings, clock)

    assert (report.asked, report.stopped) == (0, "no voter answered")


def test_the_service_asks_by_itself_and_survives_what_goes_wrong(
    database: Database, settings: Settings, clock: FixedClock, fake: FakeProviders
) -> None:
    async def a_while(database: Database) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(
            watch(settings, database, PROFILE, clock=clock, stop=stop, after_s=0.0)
        )
        while fake.count() < 24 and not task.done():
            await asyncio.sleep(0.05)
            if database is away:
                break
        await asyncio.sleep(0.3)
        assert not task.done()
        stop.set()
        await asyncio.wait_for(task, 5)

    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with structlog.testing.capture_logs() as logs:
        asyncio.run(a_while(away))
        asyncio.run(a_while(database))

    events = [entry["event"] for entry in logs]
    assert "probes_not_asked" in events
    assert "probes_asked" in events
    assert fake.count() == 24
