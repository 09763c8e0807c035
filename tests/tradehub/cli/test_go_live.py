"""`proratio go-live` as a person types it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, RiskError
from proratio_tradehub.cli.go_live import app
from proratio_tradehub.installation import Finding, Verdict
from proratio_tradehub.journal import record_trades
from proratio_tradehub.stages import StageLedger
from tests.tradehub.going_live.made import evidence
from tests.tradehub.reports.made import a_closed, fill
from tests.tradehub.stages.made import LIVE


@pytest.fixture(autouse=True)
def _installed(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    found = (Finding("disk", Verdict.OK, "free"),)
    monkeypatch.setattr("proratio_tradehub.installation.examine", lambda *_: found)


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the record show everything that is needed."""

    def read(*_: Any, **__: Any) -> Any:
        return evidence()

    monkeypatch.setattr("proratio_tradehub.going_live.read_evidence", read)


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, words)


def test_show_has_every_line_and_is_no_error_without_evidence(database: Database) -> None:
    fill(database)
    result = run("show")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith(f"{LIVE}: stage 0, paper, no real money")
    assert lines[1].startswith("next: first money, at most 250.00 in positions at once")
    assert "open     days at work" in result.output
    assert lines[-1] == "3 of 11 lines are passed"
    document = json.loads(run("show", "--json").output)
    assert (document["passed"], document["stage"], len(document["lines"])) == (False, 0, 11)


def test_advance_is_refused_while_a_line_is_open(database: Database) -> None:
    fill(database)
    result = run("advance", "--reason", "impatience")
    assert isinstance(result.exception, RiskError)
    assert "closed trades" in str(result.exception)
    assert StageLedger(database).read() == ()
    assert isinstance(run("advance", "--reason", "x", "--confirm", "guess").exception, RiskError)


def test_advance_is_two_steps_and_on_record_and_retreat_is_one(
    database: Database, proven: None
) -> None:
    fill(database)
    first = run("advance", "--reason", "four weeks on paper")
    assert StageLedger(database).read() == ()
    token = re.findall(r"--confirm (\w+)", first.output)[-1]
    second = run("advance", "--reason", "four weeks on paper", "--confirm", token)
    assert "stage 1: first money" in second.output
    assert isinstance(run("advance", "--reason", "x", "--confirm", token).exception, RiskError)
    assert "four weeks on paper" in run("history").output
    assert "no real money from now on" in run("retreat", "--reason", "new strategy").output
    assert [step.stage for step in StageLedger(database).read(LIVE)] == [1, 0]


def test_which_account_is_meant_has_to_be_clear(database: Database) -> None:
    assert "no bot has traded on a real market yet" in str(run("show").exception)
    assert run("history").output == "no account was ever allowed real money\n"
    fill(database)
    record_trades(database, [a_closed(1, account="other dry_run binance spot")])
    error = run("show").exception
    assert isinstance(error, ConfigurationError)
    assert "known are bot live binance spot, other live binance spot" in str(error)
    assert run("show", "--account", "other dry_run binance spot").exit_code == 0


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ("nope", "is not understood; write BOT MODE SOURCE MARKET"),
        ("bot backtest binance spot", "is not understood"),
        ("bot dry_run replay spot", "is SIMULATED: what it made on replay says nothing"),
        ("bot live simulated spot", "is SIMULATED"),
    ],
)
def test_no_record_but_that_of_a_real_market_opens_a_stage(
    account: str, message: str, database: Database
) -> None:
    for words in (("show",), ("advance", "--reason", "two weeks before lunch")):
        error = run(*words, "--account", account).exception
        assert isinstance(error, ConfigurationError)
        assert message in str(error)
