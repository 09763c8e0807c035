"""`proratio leak-test` as a person types it, on the SIMULATED market."""

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
from proratio_core.errors import CausalityError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_tradehub.cli.leak_test import leak_test

_REPOSITORY = Path(__file__).parents[3]
_ASKED = ("--pairs", "BTC/USDT", "--exchange", "simulated", "--timerange", "20240201-20240401")

_PEEKING = """
import numpy as np
from proratio_tradehub.strategies import RuleStrategy


class Rule:
    startup_candles = 30

    def indicators(self, frame):
        return frame

    def candidates(self, frame):
        return (frame["close"].shift(-1) > frame["close"]).to_numpy()

    def exits(self, frame):
        return np.zeros(len(frame), bool)


class Peeking(RuleStrategy):
    rule = Rule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}
"""


@pytest.fixture
def user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database) -> Path:
    user_data = tmp_path / "user_data"
    shutil.copytree(_REPOSITORY / "user_data" / "strategies", user_data / "strategies")
    for file in (_REPOSITORY / "user_data").glob("config*.json"):
        shutil.copy(file, user_data)
    span = Timerange.parse("20240101-20240402")
    store_scenario(
        CandleStore(database), (Pair.parse("BTC/USDT"),), (Timeframe.H1,), timerange=span
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRORATIO_USER_DATA", str(user_data))
    return user_data


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def run(*words: str) -> Result:
    """Run the command in this process."""
    app = typer.Typer()
    app.command()(leak_test)
    return CliRunner().invoke(app, words, catch_exceptions=True)


@pytest.mark.usefixtures("user_data")
def test_clean_strategy_says_how_much_was_looked_at() -> None:
    result = run("AIEnhancedTrend", *_ASKED, "--samples", "10", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["leaks"] == found["unfounded_votes"] == []
    assert found["candles_judged_twice"] >= 10
    assert found["votes_traced"] > 0


def test_leaking_strategy_is_named_and_fails(user_data: Path) -> None:
    (user_data / "strategies" / "Peeking.py").write_text(_PEEKING)
    result = run("Peeking", *_ASKED, "--samples", "10", "--profile", "none")
    assert isinstance(result.exception, CausalityError)
    assert "Peeking depends on the future" in str(result.exception)
    assert "leak: BTC/USDT candle closed" in result.output
