"""`proratio risk` as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.cli.risk import app
from proratio_tradehub.desk import Headroom, RiskReport, report_path

Invoke = Callable[..., Result]
REPORT = RiskReport(
    *(
        "bot dry_run replay spot",
        "Trend",
        "proratio",
        "ab" * 32,
        17,
        datetime.now(UTC),
        "",
        9_900.0,
    ),
    headroom=(
        Headroom("drawdown", 0.0123, 0.10, "frac"),
        Headroom("positions", 3.0, 3.0, "count"),
    ),
    refused={"correlation": 14, "heat": 9},
)


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Invoke:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return run


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_halt_and_resume_are_on_record_with_who_and_why(invoke: Invoke) -> None:
    assert "Entries are allowed: nothing is halted." in said(invoke("status"))
    assert said(invoke("halt", "--reason", "a storm")) == "halted: a storm"
    assert "Entries are held back: halted. halt by" in said(invoke("status"))
    assert said(invoke("reduce-only")) == "reduce-only: reduce-only by hand"
    assert said(invoke("resume", "--reason", "calm")) == "resumed: 2 restraints lifted: calm"
    assert "nothing is halted" in said(invoke("status"))
    lines = said(invoke("history"))
    assert lines.index("a storm") < lines.index("reduce-only by hand") < lines.index("calm")
    (last,) = json.loads(invoke("history", "--limit", "1", "--json").output)
    assert (last["action"], last["reason"]) == ("resume", "calm")


def test_nothing_to_tell_is_said(invoke: Invoke) -> None:
    assert said(invoke("history")) == "nothing was ever ordered"


@pytest.mark.parametrize("words", [(), ("--reason",)])
def test_resume_wants_a_reason(invoke: Invoke, words: tuple[str, ...]) -> None:
    assert invoke("resume", *words).exit_code == 2
    empty = invoke("resume", "--reason", " ")
    assert isinstance(empty.exception, ConfigurationError)


def test_status_shows_what_is_used_of_each_limit_where_a_bot_trades(invoke: Invoke) -> None:
    settings = Settings()
    REPORT.write(report_path(settings, REPORT.account))
    text = said(invoke("status"))
    assert "bot dry_run replay spot, Trend, risk profile proratio" in text
    assert "│ drawdown │ 1.23% │ 10.00% │ 8.77% │" in text
    assert "│ positions │ 3 │ 3 │ 0 │" in text
    assert "23 entries refused since it started: 14 correlation, 9 heat" in text


def test_status_works_with_postgresql_away(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    assert "halted" in said(invoke("halt"))
    text = said(invoke("status"))
    assert "Entries are held back: halted." in text
    assert "not certain: PostgreSQL cannot be reached" in text
    document = json.loads(invoke("status", "--json").output)
    assert document["mode"] == "halted"
    assert document["not_settled"]


def test_halt_ordered_without_postgresql_reaches_it_with_the_next_command(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    assert "not yet everywhere" in said(invoke("halt"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    said(invoke("status"))
    Path("user_data/.proratio/halts.json").unlink()
    assert json.loads(invoke("status", "--json").output)["mode"] == "halted"


def test_damaged_halt_file_holds_entries_back_and_is_set_aside(invoke: Invoke) -> None:
    file = Path("user_data/.proratio/halts.json")
    said(invoke("halt"))
    file.write_text("{")
    assert "is not readable" in said(invoke("status"))
    said(invoke("resume", "--reason", "looked at the file"))
    assert "nothing is halted" in said(invoke("status"))
    assert file.with_suffix(".unreadable-1").exists()


def test_profiles_are_listed_and_shown(invoke: Invoke) -> None:
    text = said(invoke("profiles"))
    assert "proratio *" in text
    assert "tradingbot-v2" in text
    shown = said(invoke("show", "autonomous"))
    assert "│ max_daily_loss_frac │ 0.05 │" in shown
    document = json.loads(invoke("show", "--json").output)
    assert document["name"] == "proratio"
    assert len(document["hash"]) == 64
    assert len(json.loads(invoke("profiles", "--json").output)) >= 5


def test_unknown_profile_is_refused_with_what_there_is(invoke: Invoke) -> None:
    result = invoke("show", "proration")
    assert isinstance(result.exception, ConfigurationError)
    assert "did you mean proratio?" in str(result.exception)
