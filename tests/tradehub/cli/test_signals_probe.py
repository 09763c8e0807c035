"""`proratio signals probe` with the SDKs against the fake server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_tradehub.cli.signals import app
from tests.wire.fake_providers import FakeProviders

Invoke = Callable[..., Result]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProviders]:
    with FakeProviders() as fake:
        fake.settings(tmp_path / "user_data")
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == 0, result.output
        return result

    return run


def test_dry_run_says_what_a_day_costs_without_a_key(invoke: Invoke) -> None:
    document = json.loads(invoke("probe", "--profile", "consensus", "--dry-run", "--json").stdout)

    assert [voter["calls"] for voter in document["estimate"]["voters"]] == [8, 8, 8]
    assert 0 < document["estimate"]["expected_usd"] < 0.5
    assert "USD expected" in invoke("probe", "--profile", "consensus", "--dry-run").stdout


def test_first_answers_say_nothing_yet_and_are_shown_apart_in_the_costs(
    invoke: Invoke, fake: FakeProviders
) -> None:
    first = json.loads(invoke("probe", "--profile", "consensus", "--json").stdout)
    shown = invoke("probe", "--profile", "consensus").stdout
    costs = json.loads(invoke("cost", "--by", "pair", "--stake", "100", "--json").stdout)

    assert (first["asked"], first["stopped"], first["alerts"]) == (8, "", [])
    assert {drift["verdict"] for drift in first["drift"]} == {"too few to say"}
    assert "asked 0, asked before today 8" in shown
    assert "Drift: the frozen probes" in shown
    assert fake.count() == 24
    assert [(row["group"], row["calls"]) for row in costs["rows"]] == [("frozen probes", 24)]


def test_a_day_without_money_says_why_it_stopped(
    invoke: Invoke, fake: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRORATIO_DAILY_BUDGET_USD", "0.001")

    assert "stopped: chatgpt" in invoke("probe", "--profile", "consensus").stdout
    assert fake.count() == 0
