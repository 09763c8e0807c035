"""What led to an entry is on record with the signal id, and nothing there can hinder a trade."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from proratio_signals.queue import State
from proratio_signals.records import LedgerVote, Origin
from proratio_tradehub.desk import RefusedEntry
from proratio_tradehub.journal import Candidate, Decisions, Journal, JournalEntry, read_entries
from proratio_tradehub.risk import Refusal, Verdict
from proratio_tradehub.risk.verdict import Cap
from tests.tradehub.desk.made import NOW, an_entry, candle_book
from tests.tradehub.journal.made import ACCOUNT
from tests.tradehub.journal.trades import a_ft_trade

QUESTION = Question(SeriesKey("replay", Pair.parse("BTC/USDT"), Timeframe.H1), NOW)
TAG = "Momentum/offline@2024-03-14T12:00Z"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW + timedelta(seconds=9))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(ACCOUNT, "Trend", folder=tmp_path)


@pytest.fixture
def decisions(journal: Journal, clock: FixedClock) -> Decisions:
    return Decisions(journal, candle_book(), clock=clock)


def told(journal: Journal, database: Database) -> list[JournalEntry]:
    journal.flush(database)
    return list(read_entries(database))


def a_vote(number: int = 7, action: Action = Action.BUY) -> LedgerVote:
    return LedgerVote(
        *(number, QUESTION, "profile", 1, action),
        *(0.62, 0.1, 1.0, False, Origin.LIVE),
        *(NOW + timedelta(seconds=4), NOW + timedelta(seconds=4), "snapshot"),
    )


def test_candidate_and_its_vote_carry_the_same_signal_id(
    decisions: Decisions, journal: Journal, database: Database
) -> None:
    for _ in range(3):  # every loop
        decisions.candidate("BTC/USDT", Candidate(to_ms(NOW), 101.5, TAG))
        decisions.reply(QUESTION, State.OPEN, "", None, tag="offline@2024-03-14T12:00Z")
        decisions.reply(QUESTION, State.ANSWERED, "", a_vote(), tag="offline@2024-03-14T12:00Z")
    candidate, vote = told(journal, database)
    assert (candidate.kind.value, candidate.signal_id, candidate.at) == ("candidate", TAG, NOW)
    assert candidate.document == {"close_price": 101.5}
    assert (vote.kind.value, vote.signal_id) == ("vote", TAG)
    assert vote.document["vote_id"] == 7
    assert (vote.document["action"], vote.document["score"]) == ("BUY", 0.62)
    assert vote.at == NOW + timedelta(seconds=9)


def test_question_nobody_answered_and_a_later_vote_are_entries_of_their_own(
    decisions: Decisions, journal: Journal, database: Database
) -> None:
    decisions.reply(QUESTION, State.FAILED, "no voter answered", None, tag="t")
    decisions.reply(QUESTION, State.ANSWERED, "", a_vote(8), tag="t")
    failed, vote = told(journal, database)
    assert failed.document == {"state": "failed", "detail": "no voter answered"}
    assert (failed.signal_id, vote.document["vote_id"]) == ("t", 8)


def test_verdict_is_told_once_a_candle_step_and_rule(
    decisions: Decisions, journal: Journal, database: Database
) -> None:
    allowed = Verdict(500.0, (), (Cap("room", 500.0, "5% of equity"),), 27.5)
    entry = an_entry(tag=TAG)
    for _ in range(3):
        decisions.allowed(entry, allowed, "stake")
        decisions.allowed(entry, allowed, "entry")
        for rule in ("room", "spread"):
            refusal = Refusal(rule, "too much", observed=2.0, limit=1.0)
            decisions.refused(RefusedEntry("BTC/USDT", 0, (refusal,), NOW, TAG))
    entries = told(journal, database)
    assert {entry.signal_id for entry in entries} == {TAG}
    assert {entry.at for entry in entries} == {NOW + timedelta(seconds=9)}
    stake, at_price, *refused = (entry.document for entry in entries)
    assert (stake["step"], at_price["step"]) == ("stake", "entry")
    assert (stake["stake_quote"], stake["planned_loss_quote"]) == (500.0, 27.5)
    assert stake["caps"] == [{"rule": "room", "stake_quote": 500.0, "message": "5% of equity"}]
    assert stake["candle_closed_at"] == "2024-03-14T12:00:00Z"
    assert stake["candle_close_price"] > 0.0
    assert [one["rule"] for one in refused] == ["room", "spread"]
    assert refused[0]["refusals"][0]["observed"] == 2.0


def test_verdict_about_an_unknown_market_lacks_the_candle_and_nothing_else(
    decisions: Decisions, journal: Journal, database: Database
) -> None:
    refusal = Refusal("risk check", "no candles are known here")
    decisions.refused(RefusedEntry("DOGE/USDT", 0, (refusal,), NOW))
    (entry,) = told(journal, database)
    assert "candle_closed_at" not in entry.document
    assert entry.document["rule"] == "risk check"


def test_failure_of_a_callback_is_told_once_an_hour(
    decisions: Decisions, journal: Journal, database: Database, clock: FixedClock
) -> None:
    for _ in range(3):
        decisions.failed("custom_exit", ZeroDivisionError("by nothing"))
    clock.sleep(3_600)
    decisions.failed("custom_exit", ZeroDivisionError("by nothing"))
    first, second = told(journal, database)
    assert first.document == {
        "what": "custom_exit raised",
        "error": "ZeroDivisionError: by nothing",
    }
    assert second.at - first.at == timedelta(hours=1)


def test_trade_takes_signal_id_and_planned_loss_of_its_own_verdict(
    decisions: Decisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade, left = a_ft_trade(enter_tag=TAG), {}
    monkeypatch.setattr(type(trade), "set_custom_data", lambda _, k, v: left.update({k: v}))
    decisions.entered(trade)
    assert left == {"signal_id": TAG}
    decisions.allowed(an_entry(tag="another"), Verdict(1.0, planned_loss_quote=9.0), "entry")
    decisions.entered(trade)
    assert left == {"signal_id": TAG}
    decisions.allowed(an_entry(tag=TAG), Verdict(1.0, planned_loss_quote=27.5), "entry")
    decisions.entered(trade)
    assert left == {"signal_id": TAG, "planned_loss_quote": 27.5}


def test_what_cannot_be_noted_hinders_nobody(
    decisions: Decisions, caplog: pytest.LogCaptureFixture
) -> None:
    nonsense: Any = object()
    decisions.candidate("BTC/USDT", nonsense)
    decisions.reply(nonsense, State.FAILED, "", nonsense, tag="t")
    decisions.allowed(nonsense, nonsense, "stake")
    decisions.refused(nonsense)
    assert [record.getMessage().split()[1] for record in caplog.records] == [
        *("Decisions.candidate", "Decisions.reply", "Decisions.allowed", "Decisions.refused"),
    ]
