"""`proratio report` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_quantlab.results import ResultStore
from proratio_tradehub.cli.report import report
from tests.quantlab.made import result_of

RUN = result_of(profits=(5.0, -2.0, 3.0), exchange="simulated")


@pytest.fixture(autouse=True)
def _stored(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    ResultStore(database).save(RUN)


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(report)
    return CliRunner(env={"COLUMNS": "110"}).invoke(app, words, catch_exceptions=True)


def test_a_run_named_by_its_strategy_gets_a_page_named_after_it(tmp_path: Path) -> None:
    result = run("AIEnhancedTrend")

    path = tmp_path / f"AIEnhancedTrend-{RUN.specification.hash[:12]}.html"
    assert result.exit_code == 0, result.output
    assert result.output == f"Tear sheet: {path.name}\n"
    assert "SIMULATED" in path.read_text("utf-8")


def test_a_page_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    result = run(RUN.run_hash[:10], "--html", str(tmp_path / "deep" / "page.html"))

    assert result.exit_code == 0, result.output
    assert (tmp_path / "deep" / "page.html").is_file()


def test_a_run_nobody_made_and_a_file_that_cannot_be_are_errors(tmp_path: Path) -> None:
    assert isinstance(run("Nonsense").exception, DataError)
    assert isinstance(run("AIEnhancedTrend", "--html", str(tmp_path)).exception, ConfigurationError)


def test_what_only_a_day_has_is_refused_for_a_run() -> None:
    error = run("AIEnhancedTrend", "--day", "2024-01-01").exception
    assert isinstance(error, ConfigurationError)
    assert "--day" in str(error)
