"""`proratio walk-forward` as a person types it, on the SIMULATED market."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from proratio_core.errors import DataError
from proratio_tradehub.cli.walk_forward import walk_forward
from tests.freqtrade_home import FreqtradeHome

_ON = ("--exchange", "simulated", "--timerange", "20240201-20240401", "--workers", "1")
_CUT = ("--train", "30", "--test", "10")
_SPACE = ("--param", "fast_candles=8,12", "--param", "slow_candles=30,40")


@pytest.fixture
def home(simulated_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.chdir(simulated_home.user_data.parent)
    monkeypatch.setenv("DATABASE_URL", simulated_home.database_url)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(simulated_home.user_data))
    return simulated_home


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(walk_forward)
    return CliRunner(env={"COLUMNS": "150"}).invoke(app, words, catch_exceptions=True)


def test_windows_tests_and_doubts_are_shown(home: FreqtradeHome) -> None:
    result = run("AIEnhancedTrend", *_ON, *_CUT, *_SPACE, "--compare-ungated")

    assert result.exit_code == 0, result.output
    for words in (
        "SIMULATED",
        "Gated by offline, rolling windows",
        "Ungated, rolling windows",
        "2024-03-02",
        "2024-03-12",
        "All tests, one after the other",
        "Probability of overfitting",
        "Gated minus ungated, daily return",
        "refuses at random",
        "RULE-BASED",
        "outside Freqtrade's",
    ):
        assert words in result.output, words


def test_json_holds_every_window_and_the_stitched_wallet(home: FreqtradeHome) -> None:
    result = run(
        "AIEnhancedTrend", *_ON, *_CUT, *_SPACE, "--profile", "none", "--anchored", "--json"
    )

    document = json.loads(result.stdout)
    (arm,) = document["arms"]
    assert [window["number"] for window in arm["windows"]] == [1, 2, 3]
    assert {window["train"].partition("-")[0] for window in arm["windows"]} == {"20240201"}
    assert len(arm["equity"]) == arm["days"] == 30
    assert document["daily_difference"] is None
    assert arm["equity"][-1][1] == pytest.approx(10_000 * (1 + arm["profit_frac"]))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--train", "300", *_SPACE), "390 days"),
        (_CUT, "--param"),
        (("--train", "1", "--test", "1", "--purge", "24", *_SPACE), "nothing of 1 days"),
    ],
)
def test_what_cannot_walk_says_why(
    home: FreqtradeHome, words: tuple[str, ...], complaint: str
) -> None:
    result = run("AIEnhancedTrend", *_ON, *words)

    assert isinstance(result.exception, DataError)
    assert complaint in str(result.exception)


def test_a_space_file_works_here_too(home: FreqtradeHome, tmp_path: Path) -> None:
    file = tmp_path / "space.toml"
    file.write_text("fast_candles = [8, 12]\nslow_candles = [30, 40]\n")

    result = run(
        "AIEnhancedTrend", *_ON, *_CUT, "--space", str(file), "--profile", "none", "--json"
    )

    assert json.loads(result.stdout)["combinations"] == 4
