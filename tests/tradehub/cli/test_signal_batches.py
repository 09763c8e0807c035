"""`proratio signals backfill --batch` as a person runs it: through, interrupted, and again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_signals.models import load_models
from tests.command_line import run_here
from tests.signals.samples import BTC, candle_frame
from tests.wire.fake_providers import FakeProviders

COMMAND = (
    *("signals", "backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT"),
    *("--profile", "consensus", "--batch"),
)


_MAIN = "from proratio_tradehub.cli.main import run; run()"


def start(folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *COMMAND],
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parents[3])},
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
        environment = fake.environment() | {"PRORATIO_DAILY_BUDGET_USD": "50"}
        environment["DATABASE_URL"] = database_url
        first = start(tmp_path, environment)
        assert first.stderr is not None
        said = ""
        while "under way" not in said:
            assert first.poll() is None, said
            said += first.stderr.readline()
        first.send_signal(signal.SIGINT)
        _, rest = first.communicate(timeout=30)
        said += rest
        fake.batches.hold = False
        second = run_here(*COMMAND, "--json", folder=tmp_path, **environment)

        calls = len(fake.batches.all[0].requests)
        assert first.returncode == 130
        assert f"3 batches under way, 0 of {3 * calls} calls over" in said
        assert f"3 batches with {3 * calls} calls go on at their providers" in said
        assert "The same command, later, fetches the answers" in said
        document = json.loads(second.stdout)
        assert (document["asked"], document["batches"], document["left_open"]) == (calls, 0, 0)
        assert set(fake.batches.asked().values()) == {1}
        assert document["cost_usd"] == pytest.approx(fake.batches.bill_usd(load_models()))
