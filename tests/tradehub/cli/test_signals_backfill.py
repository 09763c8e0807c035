"""`proratio signals backfill`, above all what it says before it spends."""

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

WORDS = ("backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT", "ETH/USDT")


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    for key, seed in ((BTC, 1), (ETH, 2)):
        CandleStore(database).write(key, candle_frame(500, seed=seed))
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url, COLUMNS="140")


def test_several_pairs_follow_one_option_and_stand_for_the_default(invoke: Invoke) -> None:
    both = json.loads(invoke(*WORDS, "--dry-run", "--json").stdout)
    default = json.loads(invoke(*WORDS[:2], "--dry-run", "--json").stdout)
    one = json.loads(invoke(*WORDS[:4], "--dry-run", "--json").stdout)

    assert both == default
    assert 0 < one["questions"] < both["questions"]


def test_dry_run_without_keys_says_questions_tokens_and_dollars(invoke: Invoke) -> None:
    words = (*WORDS, "--profile", "consensus", "--dry-run")

    document = json.loads(invoke(*words, "--json").stdout)
    shown = invoke(*words).stdout

    estimate = document["estimate"]
    assert [voter["calls"] for voter in estimate["voters"]] == [document["open"]] * 3
    assert 0 < estimate["expected_usd"] < estimate["worst_usd"]
    assert estimate["input_tokens"] > 1_000 * 3 * document["open"]
    assert f"open {document['open']}" in shown
    for part in ("Nothing is asked yet", "gpt-6.1-terra", "USD expected", "USD at worst"):
        assert part in shown


def test_dry_run_in_batches_says_half_the_dollars(invoke: Invoke) -> None:
    words = (*WORDS, "--profile", "consensus", "--dry-run", "--json")

    directly = json.loads(invoke(*words).stdout)["estimate"]
    batches = json.loads(invoke(*words, "--batch").stdout)["estimate"]

    assert batches["input_tokens"] == directly["input_tokens"]
    assert batches["expected_usd"] == pytest.approx(directly["expected_usd"] / 2, abs=1e-3)
    assert batches["worst_usd"] == pytest.approx(directly["worst_usd"] / 2, abs=1e-3)


def test_rules_have_no_batches(invoke: Invoke) -> None:
    result = invoke(*WORDS, "--batch", expect=ConfigurationError)

    assert "no voter of profile 'offline' can be asked in batches" in str(result.exception)


def test_dry_run_of_rules_costs_nothing_and_shows_no_prices(invoke: Invoke) -> None:
    document = json.loads(invoke(*WORDS, "--dry-run", "--json").stdout)

    assert document["estimate"]["worst_usd"] == 0
    assert "USD expected" not in invoke(*WORDS, "--dry-run").stdout


def test_answered_questions_are_no_longer_counted(invoke: Invoke) -> None:
    done = json.loads(invoke(*WORDS, "--json").stdout)
    planned = json.loads(invoke(*WORDS, "--dry-run", "--json").stdout)

    assert planned["open"] == 0
    assert planned["answered_before"] == done["asked"] > 0


def test_without_a_price_nothing_is_planned(invoke: Invoke, tmp_path: Path) -> None:
    folder = tmp_path / "user_data" / "profiles"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(
        'quorum = { minimum_voters = 1 }\n[[voters]]\nname = "one"\nprovider = "openai"\n'
        'role = "risk"\nweight = 1.0\nmodel = "gpt-secret"\n'
    )

    result = invoke(*WORDS, "--profile", "mine", "--dry-run", expect=ConfigurationError)

    assert "has no price in the registry" in str(result.exception)


def test_wrong_pair_is_refused(invoke: Invoke) -> None:
    invoke("backfill", "SimpleTestStrategy", "--pairs", "BTCUSDT", expect=DataError)
