"""`proratio backtest` as a person types it, on the SIMULATED market."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_tradehub.cli.backtest import backtest

REPOSITORY = Path(__file__).parents[3]
ASKED = ("--exchange", "simulated", "--timerange", "20240201-20240401")


@pytest.fixture
def user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module_database_url: str) -> Path:
    """Return a user directory whose database holds four simulated months."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", module_database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(tmp_path / "user_data"))
    shutil.copytree(REPOSITORY / "user_data" / "strategies", tmp_path / "user_data" / "strategies")
    for file in (REPOSITORY / "user_data").glob("config*.json"):
        shutil.copy(file, tmp_path / "user_data")
    database = Database(module_database_url)
    pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
    span = Timerange.parse("20240101-20240402")
    store_scenario(CandleStore(database), pairs, (Timeframe.H1,), timerange=span)
    database.close()
    return tmp_path / "user_data"


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(backtest)
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, words, catch_exceptions=True)


def test_the_table_the_labels_and_the_report_say_what_was_run(user_data: Path) -> None:
    path = user_data / "reports" / "run.html"

    result = run("AIEnhancedTrend", *ASKED, "--compare-ungated", "--report", str(path))

    assert result.exit_code == 0, result.output
    assert "SIMULATED" in result.output
    assert "RULE-BASED" in result.output
    assert "fee 0.10% + slippage 0.10% per side" in result.output
    assert "Gated" in result.output
    assert "Ungated" in result.output
    assert "▲ better" in result.output or "▼ worse" in result.output
    assert f"Report: {path}" in result.output.replace("\n", "")
    assert "SIMULATED" in path.read_text("utf-8")


def test_json_is_one_document_and_says_that_a_result_was_reused(user_data: Path) -> None:
    words = ("AIEnhancedTrend", *ASKED, "--compare-ungated", "--json")
    run(*words)

    result = run(*words)

    document = json.loads(result.stdout)
    assert document["simulated"] is True
    assert document["rule_based"] is True
    assert [entry["gated"] for entry in document["runs"]] == [True, False]
    assert all(entry["reused"] for entry in document["runs"])
    assert document["runs"][1]["metrics"]["trades"] == len(document["runs"][1]["trades"])
    assert document["difference"]["trades"] <= 0


def test_a_reused_result_is_said_to_be_reused_until_a_fresh_run(user_data: Path) -> None:
    run("AIEnhancedTrend", *ASKED)

    reused = run("AIEnhancedTrend", *ASKED)
    fresh = run("AIEnhancedTrend", *ASKED, "--fresh")

    assert "Gated: reused, nothing it depends on has changed" in reused.output
    assert "Gated: run now" in fresh.output


@pytest.mark.parametrize(
    ("words", "error", "complaint"),
    [
        (("AIEnhancedTrend", "--pairs", "BTCUSDT"), DataError, "BASE/QUOTE"),
        (("AIEnhancedTrend", "--timeframe", "7h"), DataError, "not supported"),
        (("AIEnhancedTrend", "--timerange", "2024"), DataError, "YYYYMMDD"),
        (("Nobody", *ASKED), ConfigurationError, "there are: AIEnhancedTrend"),
        (("AIEnhancedTrend", *ASKED, "--profile", "ofline"), ConfigurationError, "offline"),
        (("AIEnhancedTrend", "--pairs", "DOGE/USDT", *ASKED), DataError, "data download"),
        (("AIEnhancedTrend", "--exchange", "kraken"), DataError, "simulated 1h"),
    ],
)
def test_a_wrong_word_is_one_error_with_the_remedy(
    user_data: Path, words: tuple[str, ...], error: type[Exception], complaint: str
) -> None:
    result = run(*words)

    assert isinstance(result.exception, error)
    assert complaint in str(result.exception)
