from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_tradehub.cli.signals import app
from proratio_tradehub.strategies.gate import signal_id
from tests.signals.samples import close_of, said
from tests.signals.test_reservations import Desk, wish
from tests.signals.test_spending import record
from tests.signals.wrappers.scripted import failed
from tests.tradehub.test_trade_costs import stored

ROOT = Path(__file__).parents[3]
OPINION = said(Action.BUY, 0.9)
Invoke = Callable[..., Result]


@pytest.fixture
def invoke(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    (tmp_path / "user_data").mkdir()
    for file in (ROOT / "user_data").glob("config*.json"):
        shutil.copy(file, tmp_path / "user_data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("PRORATIO_PROFILE", "consensus")

    def run(*words: str) -> Result:
        result = CliRunner().invoke(app, ["cost", *words])
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def spent(database: Database) -> Desk:
    """Spend two cents and reserve ten today, and open the breaker of one provider."""
    desk = Desk(database)
    desk.clock.time = datetime.now(UTC)
    desk.settle(desk.granted(wish("a")), OPINION, 0.02)
    desk.granted(wish("b"))
    for number in range(5):
        desk.settle(desk.granted(wish(str(number), provider="gemini")), failed(), 0.0)
    return desk


def test_json_has_caps_breakers_and_the_break_even_edge(invoke: Invoke, spent: Desk) -> None:
    document = json.loads(invoke("--by", "provider", "--stake", "200", "--json").stdout)

    today = document["today"]
    assert (today["spent_usd"], today["reserved_usd"]) == (0.02, 0.10)
    assert today["caps"] == {"total_usd": 5.0, "profile_usd": None, "providers_usd": {}}
    states = {health["provider"]: health["state"] for health in document["providers"]}
    assert states == {"gemini": "open", "openai": "closed"}
    openai = document["rows"][1]
    assert (openai["group"], openai["calls"], openai["answered"]) == ("openai", 2, 1)
    assert openai["call_usd"] == pytest.approx(0.06)
    assert openai["break_even_edge_frac"] == pytest.approx(0.06 / 200)


def test_the_table_shows_the_day_and_the_stake_as_configured(invoke: Invoke, spent: Desk) -> None:
    shown = invoke().stdout

    assert "spent 0.0200 USD, reserved 0.1000, cap 5.00, left 4.8800" in shown
    assert "gemini: breaker open, 5 failures in a row, last SERVER_ERROR" in shown
    assert f"{datetime.now(UTC):%Y-%m-%d}" in shown
    assert "edge on" in shown


def test_by_pair_and_trade_come_from_the_ledger(invoke: Invoke, database: Database) -> None:
    vote = record(database, 300, OPINION, OPINION, OPINION)
    stored(database, [signal_id("consensus", to_ms(close_of(300)))])

    pairs = json.loads(invoke("--by", "pair", "--json").stdout)["rows"]
    trades = json.loads(invoke("--by", "trade", "--json").stdout)["rows"]

    assert (pairs[0]["group"], pairs[0]["calls"]) == ("BTC/USDT", 3)
    assert (trades[0]["vote_id"], trades[0]["vote_usd"]) == (vote.id, pytest.approx(0.003))
    assert "its share" in invoke("--by", "trade").stdout


def test_nothing_spent_is_said(invoke: Invoke) -> None:
    assert "nothing was paid for in this time" in invoke().stdout
