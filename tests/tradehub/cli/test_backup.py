"""`proratio backup` from the command line's own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from proratio_core.database import Database
from proratio_tradehub.cli.backup import backup
from tests.tradehub.backups.installations import fill_ledger, furnish

APP = typer.Typer()
APP.command()(backup)


@pytest.fixture
def home(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    furnish(tmp_path / "user_data")
    fill_ledger(database)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return tmp_path


def test_it_says_what_is_in_it_what_is_not_and_how_to_prove_it(home: Path) -> None:
    done = CliRunner().invoke(APP, ["--keep", "1"])
    assert done.exit_code == 0, done.output
    (made,) = (home / "backups").glob("proratio-*.zip")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"backups/{made.name}: 0.")
    assert "5 files; no .env and no secret" in lines[1]
    assert lines[2] == "left empty in config.json: key, secret"
    assert lines[-1] == f"to prove it: proratio restore backups/{made.name} --rehearse"


def test_json_is_one_document(home: Path) -> None:
    done = CliRunner().invoke(APP, ["mine.zip", "--json"])
    document = json.loads(done.stdout)
    assert document["rows"]["vote"] == 12
    assert document["blanked"] == {"config.json": ["key", "secret"]}
    assert document["bytes"] == (home / "mine.zip").stat().st_size
