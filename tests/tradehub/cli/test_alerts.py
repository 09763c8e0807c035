"""`proratio alerts` as a person uses it: processes, a local Telegram, a local mail server."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.alerts import app
from proratio_tradehub.halts import HaltLedger
from proratio_tradehub.journal import record_trades
from proratio_tradehub.metrics import Role
from tests.scraping import free_base_port, require_told, scrape
from tests.tradehub.alerts.made import eventually
from tests.tradehub.halts.made import order
from tests.tradehub.journal.made import a_trade
from tests.wire.fake_telegram import TOKEN, FakeTelegram, Fault
from tests.wire.mail_server import PASSWORD, MailServer

PRORATIO = Path(sys.executable).with_name("proratio")


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "COLUMNS": "120", "PRORATIO_LOG_LEVEL": "DEBUG", **more}


def alerts(
    folder: Path, *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PRORATIO, "alerts", *words],
        cwd=folder,
        env=_environment(environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("word", ["test", "watch"])
def test_without_a_channel_a_command_says_what_to_set(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, untouched_logging: None
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="PRORATIO_TELEGRAM_TOKEN"):
        CliRunner().invoke(app, [word], catch_exceptions=False)


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_show_sends_nothing_and_prints_one_of_each_kind() -> None:
    done = CliRunner().invoke(app, ["show"], catch_exceptions=False)
    assert done.stdout.count("SIMULATED · no market, no money") == 15
    assert "Vote 0.63 (entry above 0.60)" in done.stdout


def test_test_says_what_was_refused_and_the_remedy_and_shows_no_secret(tmp_path: Path) -> None:
    with FakeTelegram() as fake, MailServer(tmp_path) as server:
        fake.faults.append(Fault.BLOCKED)
        environment = {**fake.environment(), **server.environment()}
        done = alerts(tmp_path, "test", environment=environment)
    assert done.returncode == 2, done.stderr
    assert done.stdout.splitlines() == [
        "refused  Telegram  [SIMULATED] Entered long BTC/USDT",
        "         Telegram does not let the bot write there (Forbidden: bot was blocked by the "
        "user); open the chat, press Start or unblock the bot, or add it to the group",
        *(f"arrived  E-mail  {letter['Subject']}" for letter in server.letters),
    ]
    assert len(server.letters) == 2
    for secret in (TOKEN, PASSWORD):
        assert secret not in done.stdout + done.stderr


def test_watch_tells_a_halt_runs_once_and_stops_cleanly(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    base = free_base_port(Role.ALERTS)
    with FakeTelegram() as fake:
        environment = {
            **fake.environment(),
            "DATABASE_URL": database_url,
            "PRORATIO_METRICS_PORT": str(base),
        }
        process = subprocess.Popen(
            [PRORATIO, "alerts", "watch", "--interval", "0.5"],
            cwd=tmp_path,
            env=_environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            cursor = tmp_path / "user_data" / ".proratio" / "alerts.json"
            eventually(cursor.exists, limit_s=30)
            second = alerts(tmp_path, "watch", environment=environment)
            HaltLedger(database).add([order("storm")])
            eventually(lambda: len(fake.sent) == 1, limit_s=30)
            record_trades(database, [a_trade(opened_at=datetime.now(UTC))])
            eventually(lambda: len(fake.sent) == 2, limit_s=30)
            text = scrape(base, Role.ALERTS)
            process.send_signal(signal.SIGINT)
            said, errors = process.communicate(timeout=20)
        finally:
            process.kill()
            process.communicate()
    require_told(text, Role.ALERTS)
    assert TOKEN not in text
    assert "because of storm" in fake.sent[0].html
    assert (process.returncode, said.splitlines()[-1]) == (0, "messages sent: 2"), errors
    assert "Entered long BTC/USDT" in fake.sent[1].html
    assert TOKEN not in said + errors
    assert second.returncode == 2
    assert "another `proratio alerts watch`" in second.stderr
