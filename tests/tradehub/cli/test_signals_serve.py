"""`proratio signals serve` in a process of its own, with questions from this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.health import Condition, health_file
from proratio_signals.profile import Profile, load_profile
from proratio_signals.queue import Inquiry, QuestionQueue, State
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot
from proratio_tradehub.metrics import Role
from tests.canaries import Canaries
from tests.command_line import run_here
from tests.scraping import free_base_port, require_told, scrape, value_of
from tests.signals.samples import BTC, HOUR, candle_frame
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import CANARIES, FakeProviders

PRORATIO = Path(sys.executable).with_name("proratio")


def fresh_inquiry(*, seed: int = 1) -> Inquiry:
    """Return a question about the hour that has just ended."""
    close = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    frame = candle_frame(WINDOW_CANDLES, seed=seed, start=close - HOUR * WINDOW_CANDLES)
    return Inquiry(take_snapshot(frame, BTC, close), close + 2 * HOUR)


class Desk:
    """A folder to serve from, and the asker's side of the database."""

    def __init__(self, folder: Path, database: Database, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.settings = Settings(PRORATIO_USER_DATA=folder / "user_data")
        self.database = database

    def profile(self, name: str) -> Profile:
        return load_profile(name, self.settings.user_data / "profiles")

    def state(self, profile: str, inquiry: Inquiry) -> State:
        queue = QuestionQueue(self.database, self.profile(profile))
        number = queue.submit(inquiry)
        return queue.replies([number])[number].state

    @contextmanager
    def serving(self, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [PRORATIO, "signals", "serve", "--no-probe", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={
                **os.environ,
                "COLUMNS": "200",
                "DATABASE_URL": self.database_url,
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert "answering for" in said, said + process.communicate()[1]
            yield process
        finally:
            process.kill()
            process.communicate()

    def health(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_here("signals", "health", *words, folder=self.folder)


@pytest.fixture
def desk(tmp_path: Path, database: Database, database_url: str) -> Desk:
    return Desk(tmp_path, database, database_url)


def eventually(what: Callable[[], object], *, limit_s: float = 30.0) -> None:
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_answers_says_how_it_is_and_stops_cleanly(desk: Desk, number: signal.Signals) -> None:
    asked = fresh_inquiry()
    with desk.serving() as process:
        eventually(lambda: desk.state("offline", asked) is State.ANSWERED)
        file = health_file(desk.settings, "offline")
        eventually(lambda: (report := file.read()) is not None and report.answered == 1)
        report = file.read()
        assert report is not None
        assert report.condition is Condition.READY
        assert report.pid == process.pid
        assert report.is_fresh(SystemClock().now())
        healthy = desk.health()
        assert (healthy.returncode, healthy.stdout.split(":")[0]) == (0, "offline")
        process.send_signal(number)
        said, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "stopped: 1 answered, 0 failed" in said
        assert file.read() is None


def test_stopped_in_the_middle_of_an_answer_it_finishes_it(desk: Desk) -> None:
    asked = fresh_inquiry()
    with FakeProviders(latency_s=1.5) as fake:
        write_profile(desk.settings.user_data, "panel")
        with desk.serving("--profile", "panel", **fake.environment()) as process:
            desk.state("panel", asked)
            eventually(lambda: fake.count() == 3)
            process.terminate()
            said, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert "stopped: 1 answered" in said
        assert desk.state("panel", asked) is State.ANSWERED


def test_second_ctrl_c_gives_the_question_back_at_once(desk: Desk) -> None:
    asked = fresh_inquiry()
    with FakeProviders(latency_s=30) as fake:
        write_profile(desk.settings.user_data, "panel", deadline_s=25.0)
        with desk.serving("--profile", "panel", **fake.environment()) as process:
            desk.state("panel", asked)
            eventually(lambda: fake.count() == 3)
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            process.communicate(timeout=20)
            assert time.monotonic() - began < 10
    assert process.returncode == 0
    assert desk.state("panel", asked) is State.OPEN


def test_health_of_a_service_that_does_not_run_exits_with_4_and_the_remedy(desk: Desk) -> None:
    done = desk.health("--profile", "consensus")
    assert done.returncode == 4
    assert "proratio signals serve --profile consensus" in done.stderr


def test_health_of_a_service_in_safe_mode_exits_with_4(desk: Desk) -> None:
    with FakeProviders() as fake:
        fake.settings(desk.settings.user_data)  # registers the models that fail
        faults = dict.fromkeys(("openai", "anthropic", "gemini"), "fault-400")
        write_profile(desk.settings.user_data, "broken", **faults)
        base = free_base_port(Role.SIGNALS)
        secrets = Canaries(desk.database_url, told=fake.environment())
        given = {
            **secrets.environment,
            "PRORATIO_METRICS_PORT": str(base),
            "PRORATIO_LOG_LEVEL": "DEBUG",
        }
        with desk.serving("--profile", "broken", **given) as process:
            for seed in range(3):
                desk.state("broken", fresh_inquiry(seed=seed))
            file = health_file(desk.settings, "broken")
            eventually(
                lambda: (
                    (report := file.read()) is not None and report.condition is Condition.DEGRADED
                )
            )
            done = desk.health("--profile", "broken")
            text = scrape(base, Role.SIGNALS)
            process.terminate()
            said, errors = process.communicate(timeout=20)
    require_told(text, Role.SIGNALS)
    degraded = 'proratio_service_condition{condition="degraded",profile="broken"}'
    assert value_of(text, degraded) == 1.0
    assert not [key for key in CANARIES.values() if key in text + said + errors]
    assert "cache bypassed" in errors, "nothing was logged in which a secret could stand"
    assert secrets.found_in([text, said, errors]) == []
    assert done.returncode == 4
    assert "degraded (no voter answered the last three questions)" in done.stderr


def test_missing_key_is_one_line_with_the_remedy(desk: Desk) -> None:
    words = ("signals", "serve", "--profile", "consensus")
    done = run_here(*words, folder=desk.folder, DATABASE_URL=desk.database_url)
    assert done.returncode == 2
    assert "OPENAI_API_KEY" in done.stderr


def test_it_says_what_the_daily_probes_cost_and_rules_have_none(desk: Desk) -> None:
    with FakeProviders() as fake:
        write_profile(desk.settings.user_data, "panel")
        with desk.serving("--profile", "panel", "--probe", **fake.environment()) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            process.terminate()
            process.communicate(timeout=20)
    with desk.serving("--probe") as rules:
        file = health_file(desk.settings, "offline")
        eventually(lambda: file.read() is not None)
        rules.terminate()
        rest, _ = rules.communicate(timeout=20)

    assert "frozen probes once a day, about 0.2" in said
    assert "--no-probe leaves them out" in said
    assert "probes" not in rest
