"""A backfill that pays: two processes, a kill, a cap, and the fake server's own bill."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock, SystemClock
from proratio_core.database import Database
from proratio_core.errors import BudgetError
from proratio_core.settings import Settings
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.models import load_models
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from tests.signals.samples import BTC, candle_frame, close_of
from tests.wire.fake_providers import FakeProviders

PROFILE = load_profile("consensus")
QUESTIONS = [Question(BTC, close_of(index)) for index in range(260, 300)]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def stocked(database: Database) -> Database:
    CandleStore(database).write(BTC, candle_frame(320))
    return database


def fill(
    settings: Settings, database: Database, *, concurrency: int = 4, days_later: int = 0
) -> BackfillReport:
    clock = FixedClock(datetime.now(UTC) + timedelta(days=days_later))

    async def session() -> BackfillReport:
        used = clock if days_later else SystemClock()
        async with open_advisor(settings, database, PROFILE, clock=used) as advisor:
            return await backfill(QUESTIONS, advisor, Ledger(database), concurrency=concurrency)

    return asyncio.run(session())


def asked(fake: FakeProviders) -> Counter[tuple[str, str]]:
    """Return how often each provider was sent each prompt."""
    return Counter((call.provider, repr(sorted(call.body.items()))) for call in fake.calls)


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


def ledger_usd(database: Database) -> float:
    with database.transaction() as cursor:
        cursor.execute("SELECT coalesce(sum(cost_usd), 0) FROM opinion")
        row = cursor.fetchone()
    assert row is not None
    return float(row[0])


def test_ledger_spending_and_bill_agree_to_the_cent(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    report = fill(fake.settings(tmp_path), stocked)

    bill_usd = fake.bill_usd(load_models(tmp_path / "models.toml"))
    assert report.asked == 40
    assert money(stocked) == (pytest.approx(bill_usd), 0)
    assert ledger_usd(stocked) == pytest.approx(bill_usd)
    assert report.cost_usd == pytest.approx(bill_usd)


def test_the_cap_stops_a_run_and_the_next_day_pays_only_for_the_rest(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=0.25)
    with pytest.raises(BudgetError, match=r"the daily budget of 0\.25 USD has .* left"):
        fill(settings, stocked, concurrency=1)
    first_day_usd = sum(money(stocked))
    assert 0 < first_day_usd <= 0.25
    assert not any(vote.degraded for vote in Ledger(stocked).votes(BTC, PROFILE.hash))

    report = fill(fake.settings(tmp_path), stocked, days_later=1)

    assert report.answered_before + report.asked == 40
    assert set(asked(fake).values()) == {1}
    bill_usd = fake.bill_usd(load_models(tmp_path / "models.toml"))
    assert sum(money(stocked)) == pytest.approx(bill_usd)


def test_questions_that_could_not_be_asked_in_time_stay_open_and_are_no_votes(
    fake: FakeProviders, stocked: Database, database_url: str, tmp_path: Path
) -> None:
    hasty = PROFILE.model_copy(update={"deadline_s": 1.0})
    settings = fake.settings(tmp_path)

    async def session() -> BackfillReport:
        async with open_advisor(settings, stocked, hasty, clock=SystemClock()) as advisor:
            return await backfill(QUESTIONS[:4], advisor, Ledger(stocked), concurrency=4)

    with Database(database_url).dedicated() as busy, busy.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(5003, 0)")  # as a process that reserves, and hangs
        held_up = asyncio.run(session())
    after = asyncio.run(session())

    assert (held_up.asked, len(held_up.refused)) == (0, 4)
    assert "the budget could not be asked in time" in held_up.refused[0].reason
    assert (after.asked, after.degraded, len(after.refused)) == (4, 0, 0)
    assert set(asked(fake).values()) == {1}


_RUN = """
import sys
from pathlib import Path
from proratio_core.database import Database
from proratio_core.settings import Settings
from tests.signals.test_backfill_budget import fill
fill(Settings(), Database(sys.argv[1]))
"""


def test_two_processes_and_a_kill_never_pass_the_cap_and_never_ask_twice(
    stocked: Database, database_url: str, tmp_path: Path
) -> None:
    cap_usd = 2.0
    with FakeProviders(latency_s=0.15) as server:
        settings = server.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=cap_usd)
        variables = {"PRORATIO_USER_DATA": str(tmp_path), "PRORATIO_DAILY_BUDGET_USD": str(cap_usd)}
        environment = os.environ | server.environment() | variables
        runs = [
            subprocess.Popen([sys.executable, "-c", _RUN, database_url], cwd=ROOT, env=environment)
            for _ in range(2)
        ]
        most_usd = 0.0
        while len(server.answered) < 45:
            assert runs[0].poll() is None, "the run ended before it could be killed"
            most_usd = max(most_usd, sum(money(stocked)))
            time.sleep(0.02)
        os.kill(runs[0].pid, signal.SIGKILL)
        runs[0].wait()
        while runs[1].poll() is None:
            most_usd = max(most_usd, sum(money(stocked)))
            time.sleep(0.05)
        assert runs[1].returncode == 0

        settled_usd, dead_usd = money(stocked)
        bill_usd = server.bill_usd(load_models(tmp_path / "models.toml"))
        assert set(asked(server).values()) == {1}, "a question was asked twice"
        assert most_usd <= cap_usd
        assert settled_usd <= bill_usd + 1e-9 <= settled_usd + dead_usd + 2e-9
        on_one_day = len(Ledger(stocked).votes(BTC, PROFILE.hash))

        report = fill(settings, stocked, days_later=1)

        assert report.answered_before >= on_one_day
        assert report.answered_before + report.asked == 40
        assert not report.refused
        assert sum(server_asks > 1 for server_asks in asked(server).values()) <= 12
    votes = Ledger(stocked).votes(BTC, PROFILE.hash)
    assert len(votes) == 40
    # a voter whose call was under way at the kill may have abstained; such a vote only ever holds
    assert all(vote.action is Action.HOLD for vote in votes if vote.degraded)
