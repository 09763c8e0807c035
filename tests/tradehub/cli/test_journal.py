"""`proratio journal` as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.journal import app
from proratio_tradehub.journal import Kind, record_entries, record_trades
from tests.tradehub.journal.made import HOUR, NOW, SIGNAL, a_trade, an_entry, closed
from tests.tradehub.journal.test_execution import fill, order, verdict

Invoke = Callable[..., Result]
SINCE = ("--since", "2024-01-01")


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Invoke:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return run


@pytest.fixture
def stored(database: Database) -> None:
    record_trades(database, [a_trade(amount=2.0, **closed())])
    record_entries(
        database,
        [
            verdict(document={"stake_quote": 200.0, "planned_loss_quote": 11.0, "caps": []}),
            order("order-1"),
            fill("order-1", 2.0, 100.5),
            an_entry(Kind.INCIDENT, at=NOW + HOUR, symbol=None, signal_id=None, trade_id=None),
        ],
    )


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_nothing_on_record_says_who_writes_it(invoke: Invoke) -> None:
    assert "Nothing is on record here." in said(invoke())
    assert "Nothing is on record here." in said(invoke("execution"))
    assert json.loads(invoke("--json").output) == []


def test_signal_is_followed_from_verdict_to_fill(invoke: Invoke, stored: None) -> None:
    shown = said(invoke(*SINCE, "--signal-id", SIGNAL))
    assert "PAPER bot dry_run binance spot" in shown
    assert shown.index("allowed (entry): stake 200.00") < shown.index("entry : 2.0 at 100.0")
    assert "incident" not in shown


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ((), ["verdict", "order", "fill", "incident"]),
        (("--kind", "fill", "--kind", "order"), ["order", "fill"]),
        (("--trade", "1"), ["order", "fill"]),
        (("--pair", "BTC/USDT"), ["verdict", "order", "fill"]),
        (("--limit", "1"), ["incident"]),
        (("--since", "2024-03-14T12:30"), ["incident"]),
    ],
)
def test_entries_are_found(
    invoke: Invoke, stored: None, words: tuple[str, ...], kinds: list[str]
) -> None:
    since = () if "--since" in words else SINCE
    found = json.loads(invoke(*since, *words, "--json").output)
    assert [entry["kind"] for entry in found] == kinds
    assert {entry["mark"] for entry in found} <= {"PAPER"}


def test_execution_is_shown_by_market_and_by_trade(invoke: Invoke, stored: None) -> None:
    shown = said(invoke("execution", *SINCE, "--each"))
    assert "PAPER bot dry_run binance spot" in shown
    assert shown.count("+50.0") == 2
    document = json.loads(invoke("execution", *SINCE, "--json").output)
    assert document["summary"][0]["trades"] == 1
    assert document["trades"][0]["verdict_slippage_bps"] == pytest.approx(50.0)
    other = json.loads(invoke("execution", *SINCE, "--pair", "ETH/USDT", "--json").output)
    assert other["trades"] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--kind", "gossip"), "there is no kind 'gossip'; there are candidate, vote,"),
        (("--since", "yesterday"), "names no moment"),
        (("execution", "--since", "yesterday"), "names no moment"),
        (("--account", "nobody"), "no account 'nobody'; known are none yet"),
        (("execution", "--account", "nobody"), "no account 'nobody'"),
    ],
)
def test_wrong_words_are_named_with_the_right_ones(
    invoke: Invoke, words: tuple[str, ...], expected: str
) -> None:
    result = invoke(*words)
    assert isinstance(result.exception, ConfigurationError)
    assert expected in str(result.exception)


def test_number_below_one_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("--limit", "0").exit_code == 2
    assert invoke("--trade", "0").exit_code == 2
