"""`proratio signals` on a real database, from the command line's own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_signals.ledger import Ledger
from proratio_signals.profile import load_profile
from proratio_tradehub.cli.signals import app
from tests.signals.samples import BTC, candle_frame, close_of
from tests.tradehub.cli.invoking import Invoke, invoker

AT = f"{close_of(300):%Y-%m-%dT%H:%M}"


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    CandleStore(database).write(BTC, candle_frame(900))
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url, COLUMNS="140")


def test_ask_answers_and_says_that_rules_answered(invoke: Invoke) -> None:
    result = invoke("ask", "BTC/USDT", "--at", AT)

    assert "offline (rules, no language model)" in result.stdout
    assert "rules-technical-1" in result.stdout
    assert "Rules over prices (risk), not a language model" in result.stdout


def test_ask_without_a_time_takes_the_latest_candle_and_prints_json(invoke: Invoke) -> None:
    document = json.loads(invoke("ask", "BTC/USDT", "--json").stdout)

    assert document["as_of"] == close_of(899).isoformat()
    assert document["origin"] == "backfill"
    assert [ballot["is_rules"] for ballot in document["ballots"]] == [True, True, True]


def test_asking_twice_records_once(invoke: Invoke, database: Database) -> None:
    first = json.loads(invoke("ask", "BTC/USDT", "--at", AT, "--json").stdout)
    second = json.loads(invoke("ask", "BTC/USDT", "--at", AT, "--json").stdout)

    assert first == second
    assert len(Ledger(database).votes(BTC, load_profile("offline").hash)) == 1


def test_show_lists_votes_newest_first(invoke: Invoke) -> None:
    for index in (300, 301):
        invoke("ask", "BTC/USDT", "--at", f"{close_of(index):%Y-%m-%dT%H:%M}")

    listed = json.loads(invoke("show", "BTC/USDT", "--json").stdout)

    assert [vote["as_of"] for vote in listed] == [close_of(i).isoformat() for i in (301, 300)]
    assert "2024-01-13 13:00" in invoke("show", "BTC/USDT", "--limit", "5").stdout
    assert json.loads(invoke("show", "BTC/USDT", "--timerange", "-20240110", "--json").stdout) == []


def test_show_one_vote_gives_every_ballot(invoke: Invoke) -> None:
    asked = json.loads(invoke("ask", "BTC/USDT", "--at", AT, "--json").stdout)
    number = str(asked["vote_id"])

    assert json.loads(invoke("show", "--vote", number, "--json").stdout) == asked
    assert "rules-sentiment" in invoke("show", "--vote", number).stdout


def test_show_without_votes_says_how_to_get_one(invoke: Invoke) -> None:
    assert "proratio signals ask BTC/USDT" in invoke("show", "BTC/USDT").stdout


def test_backfill_counts_first_then_asks_then_has_nothing_left(invoke: Invoke) -> None:
    words = ("backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT", "--json")

    planned = json.loads(invoke(*words, "--dry-run").stdout)
    done = json.loads(invoke(*words).stdout)
    again = json.loads(invoke(*words).stdout)

    assert planned["open"] == done["asked"] > 0
    assert planned["open"] + len(planned["refused"]) == planned["questions"]
    assert (again["asked"], again["answered_before"]) == (0, done["asked"])
    assert done["profile"] == "offline (rules, no language model)"


def test_backfill_of_a_span_asks_only_inside_it(invoke: Invoke) -> None:
    result = invoke(
        "backfill", "SimpleTestStrategy", "--pairs", "BTC/USDT", "--timerange", "20240115-20240201"
    )

    assert "questions" in result.stdout
    listed = json.loads(invoke("show", "BTC/USDT", "--json", "--limit", "500").stdout)
    assert listed
    assert all("2024-01-15T01" <= vote["as_of"] <= "2024-02-01T01" for vote in listed)


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (("ask", "BTCUSDT"), DataError, "pair 'BTCUSDT' is not understood"),
        (("ask", "BTC/USDT", "--timeframe", "7m"), DataError, "timeframe '7m'"),
        (("ask", "BTC/USDT", "--at", "noon"), DataError, "time 'noon' is not understood"),
        (("ask", "BTC/USDT", "--at", "2024-01-13T12:30"), DataError, "no 1h candle closes"),
        (("ask", "BTC/USDT", "--at", "2024-01-02T00:00"), DataError, "needs 240"),
        (("ask", "ETH/USDT"), DataError, "has no candles"),
        (("ask", "BTC/USDT", "--profile", "offlin"), ConfigurationError, "did you mean offline"),
        (("ask", "BTC/USDT", "--profile", "consensus"), ConfigurationError, "OPENAI_API_KEY"),
        (("show",), DataError, "name either a pair or a vote"),
        (("show", "BTC/USDT", "--vote", "1"), DataError, "name either a pair or a vote"),
        (("show", "--vote", "99"), DataError, "there is no vote 99"),
    ],
)
def test_wrong_input_is_one_line_with_the_remedy(
    invoke: Invoke, words: tuple[str, ...], error: type[Exception], message: str
) -> None:
    result = invoke(*words, expect=error)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
