"""`proratio risk stress` from its own door."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_tradehub.cli.risk import app
from tests.tradehub.cli.invoking import Invoke, invoker

ROOT = Path(__file__).parents[3]


@pytest.fixture
def invoke(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    shutil.copytree(
        ROOT / "user_data" / "strategies",
        tmp_path / "user_data" / "strategies",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for file in (ROOT / "user_data").glob("config*.json"):
        shutil.copy(file, tmp_path / "user_data")
    return invoker(
        app, tmp_path, monkeypatch, first=("stress",), DATABASE_URL=database_url, COLUMNS="160"
    )


def test_a_shock_under_one_profile_as_a_document(invoke: Invoke) -> None:
    words = ("--crash", "none", "--shock", "flash-crash", "--profile", "proratio")
    (row,) = json.loads(invoke(*words, "--json").stdout)
    assert (row["name"], row["simulated"], row["profile"]) == ("flash-crash", True, "proratio")
    assert row["fall_frac"] > 0.38
    assert row["planned_frac"] <= 0.02
    assert row["trades"] > 0
    assert row["refusals"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--crash", "2029-01"), "2029-01 is unknown; there are 2020-03, "),
        (("--shock", "boom"), "boom is unknown; there are gap, "),
        (("--crash", "2022-11", "--shock", "none"), "no 1h candles of any pair from binance"),
    ],
)
def test_what_cannot_be_run_says_why(invoke: Invoke, words: tuple[str, ...], message: str) -> None:
    assert message in str(invoke(*words, expect=DataError).exception)


def test_a_crash_that_is_not_stored_is_left_out_unless_it_was_named(invoke: Invoke) -> None:
    done = invoke("--shock", "none")
    assert "2020-03 is left out: no 1h candles" in done.stderr
    assert "nothing was asked for" in done.stdout


def test_nothing_asked_is_nothing_run(invoke: Invoke) -> None:
    assert "nothing was asked for" in invoke("--crash", "none", "--shock", "none").stdout
