"""`proratio signals backfill --batch` as a person runs it: through, interrupted, and again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_signals.models import load_models
from tests.signals.samples import BTC, candle_frame
from tests.wire.fake_providers import FakeProviders

COMMAND = (
    *("signals", "backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT"),
    *("--profile", "consensus", "--batch"),
)


_MAIN = "from proratio_tradehub.cli.main import run; run()"


def start(
    folder: Path, database_url: str, fake: FakeProviders, *words: str
) -> subprocess.Popen[str]:
    environment = os.environ | fake.environment()
    environment |= {"DATABASE_URL": database_url, "PRORATIO_DAILY_BUDGET_USD": "50"}
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *COMMAND, *words],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_interrupted_it_says_what_goes_on_and_the_next_run_fetches_it(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(500))
    with FakeProviders() as fake:
        fake.batches.hold = True
        first = start(tmp_path, database_url, fake)
        while len(fake.batches.all) < 3 or not all(batch.looks for batch in fake.batches.all):
            assert first.poll() is None, first.communicate()
            time.sleep(0.05)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=30)
        fake.batches.hold = False
        second = start(tmp_path, database_url, fake, "--json")
        printed, _ = second.communicate(timeout=60)

        calls = len(fake.batches.all[0].requests)
        assert first.returncode == 130
        assert f"3 batches under way, 0 of {3 * calls} calls over" in said
        assert f"3 batches with {3 * calls} calls go on at their providers" in said
        assert "The same command, later, fetches the answers" in said
        document = json.loads(printed)
        assert (document["asked"], document["batches"], document["left_open"]) == (calls, 0, 0)
        assert set(fake.batches.asked().values()) == {1}
        assert document["cost_usd"] == pytest.approx(fake.batches.bill_usd(load_models()))
