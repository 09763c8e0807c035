"""`proratio restore` from the command line's own door: refused, in two steps, rehearsed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from proratio_core.database import Database
from proratio_core.database.transfer import count_rows
from proratio_core.errors import DataError, RiskError
from proratio_tradehub.backups import Rehearsal, RehearsalRecord, make_backup
from proratio_tradehub.cli.restore import found_lines, restore
from tests.tradehub.backups.installations import CLOCK, NOW, fill_ledger, furnish

APP = typer.Typer()
APP.command()(restore)


@pytest.fixture
def backups(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    settings = furnish(tmp_path / "user_data")
    fill_ledger(database)
    make_backup(settings, database, tmp_path / "backups", clock=CLOCK)
    database.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "backups"


def test_an_empty_database_is_filled_from_the_newest_of_a_folder(
    backups: Path, elsewhere: Database, elsewhere_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", elsewhere_url)
    done = CliRunner().invoke(APP, [str(backups)])
    assert done.exit_code == 0, done.output
    assert re.match(r"restored \d+ rows, every one compared; made 2026-11-27 06:00:00", done.stdout)
    assert "kept yours: config.json differs from the backup" in done.stdout
    assert count_rows(elsewhere)["vote"] == 12


def test_what_is_stored_is_replaced_in_two_steps(backups: Path, database: Database) -> None:
    before = count_rows(database)
    fill_ledger(database, votes=6)
    database.close()
    refused = CliRunner().invoke(APP, [str(backups)])
    assert isinstance(refused.exception, RiskError)
    shown = CliRunner().invoke(APP, [str(backups), "--replace"])
    assert "would be lost: 26 rows of vote" in shown.stdout
    token = shown.stdout.split()[-1]
    wrong = CliRunner().invoke(APP, [str(backups), "--replace", "--confirm", "wrong"])
    assert isinstance(wrong.exception, RiskError)
    assert "proratio restore FILE --replace" in str(wrong.exception)
    late = CliRunner().invoke(APP, [str(backups), "--replace", "--confirm", token])
    assert isinstance(late.exception, RiskError)  # a wrong one used it up
    again = CliRunner().invoke(APP, [str(backups), "--replace"]).stdout.split()[-1]
    done = CliRunner().invoke(APP, [str(backups), "--replace", "--confirm", again])
    assert done.exit_code == 0, done.output
    assert count_rows(database) == before


def test_a_rehearsal_of_a_torn_backup_fails(backups: Path) -> None:
    (torn,) = backups.iterdir()
    torn.write_bytes(torn.read_bytes()[:1000])
    done = CliRunner().invoke(APP, [str(backups), "--rehearse"])
    assert isinstance(done.exception, DataError)


def test_a_rehearsal_says_what_is_the_same_and_what_has_gone_on() -> None:
    record = RehearsalRecord(NOW, "b.zip", NOW, "", 1_000, "ab" * 32, 2.5, NOW)
    lines = found_lines(Rehearsal(record, 2, 900, 1, is_store_same=True, is_ledger_same=None))
    assert lines == [
        "b.zip: made 2026-11-27 06:00:00 UTC, restored in 2.5 s",
        "rows        1,000, every table's hash is that of the backup",
        "data verify 2 series, 900 rows, 1 gaps: the same here",
        f"ledger      {'ab' * 32}: this installation has gone on since",
    ]
