"""A backfill against waiting alone: `python -m tests.bench.bench_backfill`.

2,000 questions, 32 under way at once, three voters through their real SDKs, a loopback server in
a process of its own that takes 200 ms an answer. Everything a paid backfill does is on: money is
reserved before each call and settled after it, votes are recorded, nothing is asked twice.

The ideal is the time in which nothing but waiting happens: the three voters of a question are asked
at once, so 2,000 questions / 32 at once x 0.2 s = 12.5 s. The goal is 1.3 times that.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.database import Database, open_database
from proratio_core.heap import settled_heap
from proratio_core.settings import Settings
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.models import load_models
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import WINDOW_CANDLES
from tests.signals.samples import BTC, candle_frame, close_of
from tests.wire.fake_providers import FakeProviders

LATENCY_S, QUESTIONS, AT_ONCE = 0.2, 2_000, 32
IDEAL_S = QUESTIONS / AT_ONCE * LATENCY_S
GOAL = 1.30
PROFILE = load_profile("consensus")


def serve(channel: Connection) -> None:
    """Run the fake providers until the other side hangs up; then say what they were asked."""
    with FakeProviders(latency_s=LATENCY_S) as fake:
        channel.send(fake.environment())
        channel.recv()
        asked = Counter((call.provider, repr(sorted(call.body.items()))) for call in fake.calls)
        channel.send((fake.bill_usd(load_models()), len(asked), max(asked.values(), default=0)))


def fill(settings: Settings, database: Database) -> tuple[BackfillReport, float]:
    """Ask every question; return the report and the seconds it took."""
    first = WINDOW_CANDLES + 10
    questions = [Question(BTC, close_of(first + index)) for index in range(QUESTIONS)]
    CandleStore(database).write(BTC, candle_frame(first + QUESTIONS + 1))

    async def session() -> tuple[BackfillReport, float]:
        async with open_advisor(settings, database, PROFILE, clock=SystemClock()) as advisor:
            with settled_heap():
                started_s = time.perf_counter()
                report = await backfill(questions, advisor, Ledger(database), concurrency=AT_ONCE)
                return report, time.perf_counter() - started_s

    return asyncio.run(session())


def spent_usd(database: Database) -> float:
    with database.transaction() as cursor:
        cursor.execute("SELECT coalesce(sum(coalesce(settled_usd, reserved_usd)), 0) FROM spending")
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def main() -> None:
    """Measure, check that nothing was lost or asked twice, and print the ratio."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,))
    server.start()
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as folder:
        Path(folder).chmod(0o755)  # run as root, the database server is another user
        changes = {"PRORATIO_USER_DATA": Path(folder), "PRORATIO_DAILY_BUDGET_USD": 10_000}
        settings = Settings(**{**changes, **ours.recv()})
        try:
            with open_database(settings) as database:
                report, seconds = fill(settings, database)
                charged_usd = spent_usd(database)
        finally:
            ours.send(None)
            bill_usd, different, most = ours.recv()
            server.join()
    if (report.asked, report.degraded, different, most) != (QUESTIONS, 0, 3 * QUESTIONS, 1):
        raise SystemExit(f"not every question was answered once: {report.asked=} {most=}")
    if abs(charged_usd - bill_usd) > 1e-6:
        raise SystemExit(f"spent {charged_usd} USD, billed {bill_usd} USD")
    ratio = seconds / IDEAL_S
    title = f"Backfill, {QUESTIONS:,} questions x 3 voters, {AT_ONCE} at once, 200 ms an answer"
    table = Table("what", "s", "x ideal", "goal", "", title=title)
    table.add_row("waiting alone (ideal)", f"{IDEAL_S:.1f}", "1.000", "", "")
    verdict = "ok" if ratio <= GOAL else "MISSED"
    table.add_row("backfill", f"{seconds:.1f}", f"{ratio:.3f}", f"<= {GOAL:.2f}", verdict)
    Console().print(table)


if __name__ == "__main__":
    main()
