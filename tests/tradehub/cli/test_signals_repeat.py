"""`proratio signals repeat` with rules, and with the SDKs against the fake server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import BudgetError
from proratio_signals.opinions import Action
from proratio_tradehub.cli.signals import app
from tests.signals.samples import BTC, ETH, candle_frame
from tests.tradehub.cli.invoking import Invoke, invoker
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import FakeProviders, opinion_text


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    for key, seed in ((BTC, 1), (ETH, 2)):
        CandleStore(database).write(key, candle_frame(500, seed=seed))
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url, COLUMNS="140")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProviders]:
    with FakeProviders() as fake:
        fake.settings(tmp_path / "user_data")
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def test_rules_say_the_same_and_a_second_run_asks_nothing(invoke: Invoke) -> None:
    invoke("backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT", "ETH/USDT")

    first = json.loads(invoke("repeat", "--sample", "3", "--json").stdout)
    more = json.loads(invoke("repeat", "--sample", "4", "--times", "3", "--json").stdout)

    assert (first["questions"], first["asked"], first["answered_before"]) == (3, 6, 0)
    assert (more["asked"], more["answered_before"]) == (4 * 3 - 6, 6)
    assert {one["voter"] for one in more["stability"]} > {"the vote", "rules-risk"}
    assert all(one["flip_frac"]["value"] == 0 for one in more["stability"])
    assert more["stake_frac"] is None
    assert "A call not given again" in invoke("repeat", "--sample", "4", "--times", "3").stdout


def test_nothing_answered_says_how_to_begin(invoke: Invoke) -> None:
    assert "proratio signals backfill" in invoke("repeat").stdout


def test_models_are_asked_anew_under_the_caps_and_a_flip_shrinks_the_stake(
    invoke: Invoke, fake: FakeProviders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path / "user_data", "steady")
    file = tmp_path / "user_data" / "profiles" / "steady.toml"
    file.write_text("stability = { assumed_questions = 2 }\n" + file.read_text())
    words = ("--profile", "steady", "--pairs", "BTC/USDT")
    invoke("backfill", "SimpleTestStrategy", *words)
    asked = fake.count()
    fake.answer = opinion_text(action=Action.HOLD)

    dry = json.loads(invoke("repeat", *words, "--sample", "2", "--dry-run", "--json").stdout)
    assert fake.count() == asked
    monkeypatch.setenv("PRORATIO_DAILY_BUDGET_USD", "0.0001")
    invoke("repeat", *words, "--sample", "2", expect=BudgetError)
    monkeypatch.delenv("PRORATIO_DAILY_BUDGET_USD")
    assert fake.count() == asked
    done = json.loads(invoke("repeat", *words, "--sample", "2", "--json").stdout)
    shown = invoke("repeat", *words, "--sample", "2").stdout

    assert dry["open"] == done["asked"] == 4
    assert 0 < done["cost_usd"] <= dry["estimate"]["worst_usd"]
    assert fake.count() == asked + 12
    vote = next(one for one in done["stability"] if one["voter"] == "the vote")
    assert vote["call_flip_frac"]["value"] == 1.0  # BUY, then twice HOLD
    expected = 1 - (2 * 0.25 + 2 / 3) / (2 + 2 / 3) / 0.5
    assert done["stake_frac"] == pytest.approx(expected, abs=1e-9)
    assert f"{expected:.0%} of its score" in shown
