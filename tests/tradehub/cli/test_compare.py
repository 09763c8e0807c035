"""`proratio compare` as a person types it."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_quantlab.results import ResultStore
from proratio_tradehub.cli.compare import compare
from tests.quantlab.made import result_of


@pytest.fixture
def stored(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return the database the command reads, with two runs in it."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    for profile, profits in (("offline", (5.0, -2.0)), (None, (1.0,) * 20)):
        ResultStore(database).save(result_of(profile, profits=profits, exchange="simulated"))
    return database


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(compare)
    return CliRunner(env={"COLUMNS": "110"}).invoke(app, words, catch_exceptions=True)


def test_two_runs_are_compared_by_name(stored: Database) -> None:
    result = run("AIEnhancedTrend@offline", "AIEnhancedTrend@none")

    assert result.exit_code == 0, result.output
    assert "Paired on 120 days" in result.output
    assert "95 % interval" in result.output
    assert "n = 120 days" in result.output
    assert "SIMULATED" in result.output


def test_the_document_holds_the_same(stored: Database) -> None:
    result = run("AIEnhancedTrend@offline", "AIEnhancedTrend@none", "--json")

    document = json.loads(result.output)
    assert document["days"] == 120
    assert document["daily_difference"]["observations"] == 120
    assert document["first"]["metrics"]["trades"] == 2
    assert document["verdict"]


def test_a_run_nobody_made_is_an_error_with_the_list(stored: Database) -> None:
    result = run("AIEnhancedTrend", "Nonsense")

    assert isinstance(result.exception, DataError)
    assert "'Nonsense'" in str(result.exception)
    assert "AIEnhancedTrend@offline simulated" in str(result.exception)
