"""`proratio signals score` on a real ledger of rule votes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_tradehub.cli.signals import app
from tests.signals.samples import BTC, ETH, candle_frame
from tests.tradehub.cli.invoking import Invoke, invoker


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    CandleStore(database).write(BTC, candle_frame(1_500))
    CandleStore(database).write(ETH, candle_frame(1_500, seed=2))
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url, COLUMNS="200")


@pytest.fixture
def voted(invoke: Invoke) -> Invoke:
    invoke("backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT", "--pairs", "ETH/USDT")
    return invoke


def test_rules_are_judged_as_rules_with_every_pair_they_were_asked_about(voted: Invoke) -> None:
    printed = voted("score").stdout

    assert "rules-technical" in printed
    assert "the vote" in printed
    assert "no language model takes part" in printed
    assert "Over a coin" in printed
    assert "ETH/USDT" in printed
    assert "No evidence" not in printed  # rules have no training cutoff


def test_json_is_one_document_of_the_named_pairs_and_span(voted: Invoke) -> None:
    whole = json.loads(voted("score", "--json").stdout)
    part = json.loads(
        voted("score", "--json", "--pairs", "BTC/USDT", "--timerange", "20240115-20240201").stdout
    )

    assert whole["pairs"] == ["BTC/USDT", "ETH/USDT"]
    assert part["pairs"] == ["BTC/USDT"]
    assert 0 < part["questions"] < whole["questions"]
    assert [voter["seat"]["name"] for voter in part["voters"]][-1] == "the vote"
    assert all(voter["before"] is None for voter in whole["voters"])


def test_page_is_written_beside_the_table(voted: Invoke, tmp_path: Path) -> None:
    printed = voted("score", "--report", "record.html").stdout

    assert "Report: record.html" in printed
    assert "Track record of offline" in (tmp_path / "record.html").read_text()


def test_without_votes_it_says_how_to_get_some(invoke: Invoke) -> None:
    assert "proratio signals backfill" in invoke("score").stdout
    assert json.loads(invoke("score", "--json").stdout)["questions"] == 0


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (("--profile", "offlin"), ConfigurationError, "did you mean offline"),
        (("--pairs", "BTCUSDT"), DataError, "pair 'BTCUSDT'"),
        (("--timerange", "2024"), DataError, "timerange '2024'"),
        (("--timeframe", "7m"), DataError, "timeframe '7m'"),
    ],
)
def test_wrong_input_is_one_line_with_the_remedy(
    invoke: Invoke, words: tuple[str, ...], error: type[Exception], message: str
) -> None:
    assert message in str(invoke("score", *words, expect=error).exception)
