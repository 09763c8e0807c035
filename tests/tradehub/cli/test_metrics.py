"""`proratio metrics` in a process of its own, scraped, with secrets that must not be seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.backups import (
    BackupRecord,
    RehearsalRecord,
    backup_record_file,
    rehearsal_record_file,
)
from proratio_tradehub.cli.metrics import app
from proratio_tradehub.metrics import CATALOGUE, Role
from tests.canaries import Canaries
from tests.scraping import free_base_port, require_told, scrape, value_of
from tests.tradehub.metrics.test_installation import NOW, TRADE

_PRORATIO = Path(sys.executable).with_name("proratio")


def test_what_it_serves_is_everything_of_the_installation_and_no_secret(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path / "user_data")
    backup_record_file(settings).write(BackupRecord(NOW, "canary-path.zip", 7, 3))
    tried = RehearsalRecord(NOW, "canary-path.zip", NOW, "", 3, "", 1.0, NOW)
    rehearsal_record_file(settings).write(tried)
    with database.transaction() as cursor:
        cursor.execute(TRADE, (1, NOW, 5.0))
    base, secrets = free_base_port(Role.INSTALLATION), Canaries(database_url)
    process = subprocess.Popen(
        [_PRORATIO, "metrics", "serve", "--port", str(base + Role.INSTALLATION.offset)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            **secrets.environment,
            **secrets.logins,
            "PRORATIO_LOG_LEVEL": "DEBUG",
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "200",
        },
    )
    try:
        assert process.stdout is not None
        assert "serving http://127.0.0.1:" in process.stdout.readline()
        text = scrape(base, Role.INSTALLATION)
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    require_told(text, Role.INSTALLATION)
    assert value_of(text, 'proratio_trades_closed{account="a",result="won"}') == 1.0
    assert value_of(text, "proratio_database_up") == 1.0
    assert "canary" not in text + said + errors
    assert secrets.found_in([text, said, errors]) == []


def test_every_metric_is_listed() -> None:
    done = CliRunner().invoke(app, ["list"])
    assert len(done.stdout.splitlines()) == len(CATALOGUE)
    assert "proratio_halts  gauge, bot, installation: Orders of a person" in done.stdout


def test_without_a_port_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["serve"])
    assert isinstance(done.exception, ConfigurationError)
    assert "PRORATIO_METRICS_PORT" in str(done.exception)
