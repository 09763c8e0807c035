"""`proratio demo` from nothing, where no exchange can be reached."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_tradehub.cli.demo import demo

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(tmp_path / "user_data"))
    monkeypatch.setenv("PRORATIO_EXCHANGE_URL", "http://127.0.0.1:9")
    shutil.copytree(REPOSITORY / "user_data" / "strategies", tmp_path / "user_data" / "strategies")
    for file in (REPOSITORY / "user_data").glob("config*.json"):
        shutil.copy(file, tmp_path / "user_data")
    return tmp_path / "user_data"


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(demo)
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, words)


def test_a_demo_from_nothing_runs_loudly_simulated_and_a_second_reuses_it(user_data: Path) -> None:
    first = run()
    report = user_data / "reports" / "demo.html"
    written = report.stat().st_mtime_ns
    second = run()

    assert first.exit_code == 0, first.output
    assert "Not real candles" in first.output
    assert "SIMULATED" in first.output
    assert "generated now" in first.output
    assert "Gated: run now" in first.output
    assert second.exit_code == 0, second.output
    assert "Gated: reused" in second.output
    assert "Ungated: reused" in second.output
    assert report.stat().st_mtime_ns == written
    document = json.loads(run("--json").stdout)
    assert document["report"] == str(report)
    assert document["simulated"] is True
