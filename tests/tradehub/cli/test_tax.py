"""`proratio tax` as a person types it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.tax import tax
from proratio_tradehub.journal import record_trades
from tests.tradehub.journal.made import a_trade, closed


@pytest.fixture(autouse=True)
def _stored(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    record_trades(database, [a_trade(**closed())])


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(tax)
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, words, catch_exceptions=True)


def test_a_year_is_shown_and_three_files_written() -> None:
    result = run("2024", "--method", "HIFO", "--zone", "Europe/Berlin", "-o", "tax.csv")
    assert result.exit_code == 0, result.output
    assert "PAPER accounts are among these: no real money" in result.output
    assert "2024 (Europe/Berlin), HIFO, coins of the account that sold" in result.output
    assert re.search(r"Realised in all\s+│\s+9\.79 │", result.output)
    sales = pd.read_csv("tax.csv")
    assert sales["gain_quote"].tolist() == [9.79]
    assert len(pd.read_csv("tax-contracts.csv")) == len(pd.read_csv("tax-lots.csv")) == 0


def test_a_year_without_sales_says_so() -> None:
    assert "Nothing was realised in 2023." in run("2023").output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--method", "average"], "expected one of fifo, lifo, hifo"),
        (["--pool", "mine"], "expected one of account, all"),
        (["--zone", "Mars/Crater"], "tz database"),
        (["-o", "tax.pdf"], r"\.csv"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(words: list[str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        raise run("2024", *words).exception or AssertionError("accepted")
