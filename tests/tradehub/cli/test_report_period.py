"""`proratio report daily` and `weekly` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.journal import record_trades
from tests.tradehub.cli.test_report import run
from tests.tradehub.reports.made import ACCOUNT, a_closed, fill


@pytest.fixture(autouse=True)
def _stored(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)


def test_a_day_is_printed_as_markdown(database: Database) -> None:
    fill(database)
    result = run("daily", "--day", "2024-03-14")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("# Daily report, 2024-03-14\n\n**PAPER**: no real money.")
    assert "| BTC/USDT | 1 | 100.00 % | +9.79 | +9.79 % | 0.21 |" in result.output


def test_a_week_is_written_to_the_files_that_are_named(database: Database, tmp_path: Path) -> None:
    fill(database)
    result = run("weekly", "--day", "2024-03-14", "--html", "w.html", "--markdown", "w.md")
    assert result.output == "Report: w.html\nReport: w.md\n"
    assert "Weekly report, 2024-03-11 to 2024-03-17" in (tmp_path / "w.html").read_text("utf-8")
    assert "# Weekly report" in (tmp_path / "w.md").read_text("utf-8")


def test_several_accounts_get_a_numbered_file_each(database: Database, tmp_path: Path) -> None:
    fill(database)
    record_trades(database, [a_closed(1, account="b live binance spot")])
    result = run("daily", "--day", "2024-03-14", "--html", "d.html")
    assert result.output == "Report: d-1.html\nReport: d-2.html\n"
    assert "<strong>LIVE</strong>" in (tmp_path / "d-1.html").read_text("utf-8")
    one = run("daily", "--day", "2024-03-14", "--account", ACCOUNT, "--html", "d.html")
    assert one.output == "Report: d.html\n"


def test_a_day_nobody_traded_is_a_report_of_nothing(database: Database) -> None:
    fill(database)
    result = run("daily", "--day", "2020-01-01")
    assert result.exit_code == 0
    assert "| Profit, quote | +0.00 | 0 closed, 0 won, after fees |" in result.output


def test_what_is_not_there_is_said_with_the_remedy(database: Database) -> None:
    assert "no bot has traded here yet" in str(run("daily").exception)
    fill(database)
    for words, said in (
        (("daily", "--day", "yesterday"), "write YYYY-MM-DD"),
        (("daily", "--day", "2999-01-01"), "--day 2999-01-01 has not begun; today is"),
        (("daily", "--account", "x"), f"known are {ACCOUNT}"),
    ):
        error = run(*words).exception
        assert isinstance(error, ConfigurationError)
        assert said in str(error)
