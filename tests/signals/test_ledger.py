from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Usage
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot, Windows
from proratio_signals.vote import tally
from tests.signals.samples import (
    BTC,
    ETH,
    STRICT,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
WINDOWS = {key: Windows(candle_frame(400), key) for key in (BTC, ETH)}
CAST = (said(Action.BUY, 0.9), silent(AbstentionKind.REFUSED), said(Action.SELL, 0.3))


def _decision(
    index: int = 300,
    *,
    key: SeriesKey = BTC,
    answers: tuple[Answer, ...] = CAST,
    origin: Origin = Origin.LIVE,
) -> Decision:
    question = Question(key, close_of(index))
    consensus = tally(ballots(*answers), threshold=0.6, quorum=STRICT)
    available_at = question.as_of + timedelta(seconds=2)
    return Decision(question, _snapshot(index, key), consensus, origin, available_at)


def _snapshot(index: int, key: SeriesKey = BTC) -> Snapshot:
    return WINDOWS[key].at(close_of(index))


def test_recorded_vote_is_found_again_as_it_was(database: Database) -> None:
    decision = _decision()
    (vote,) = Ledger(database).record([decision], PROFILE)

    found = Ledger(database).find(decision.question, PROFILE.hash)

    assert found == vote == Ledger(database).get(vote.id)
    assert vote.attempt == 1
    assert vote.snapshot_hash == decision.snapshot.hash
    assert vote.available_at == decision.available_at
    assert (vote.action, vote.score) == (decision.consensus.action, decision.consensus.score)


def test_ballots_come_back_as_they_were_said_in_the_order_of_the_profile(
    database: Database,
) -> None:
    decision = _decision()
    (vote,) = Ledger(database).record([decision], PROFILE)

    assert Ledger(database).ballots(vote.id) == decision.consensus.ballots


def test_asking_again_adds_an_attempt_and_the_latest_counts(database: Database) -> None:
    ledger = Ledger(database)
    ledger.record([_decision(answers=(silent(), silent(), silent()))], PROFILE)
    (second,) = ledger.record([_decision()], PROFILE)

    assert second.attempt == 2
    assert ledger.find(second.question, PROFILE.hash) == second
    assert ledger.votes(BTC, PROFILE.hash) == (second,)


def test_batch_over_several_series_keeps_the_given_order(database: Database) -> None:
    decisions = [_decision(index, key=key) for index in (310, 305) for key in (ETH, BTC)]

    votes = Ledger(database).record(decisions, PROFILE)

    assert [vote.question for vote in votes] == [decision.question for decision in decisions]


def test_batch_with_one_bad_decision_stores_nothing(database: Database) -> None:
    ledger = Ledger(database)
    good, bad = _decision(301), _decision(302)
    early = Decision(
        bad.question,
        bad.snapshot,
        bad.consensus,
        Origin.LIVE,
        available_at=bad.question.as_of - timedelta(seconds=1),
    )

    with pytest.raises(DataError, match="ck_vote_causal"):
        ledger.record([good, early], PROFILE)
    assert ledger.votes(BTC, PROFILE.hash) == ()


def test_same_question_twice_in_a_batch_is_refused(database: Database) -> None:
    with pytest.raises(DataError, match="uq_vote"):
        Ledger(database).record([_decision(), _decision()], PROFILE)


def test_nothing_to_record_touches_nothing() -> None:
    assert Ledger(Database("postgresql://nowhere.invalid/x")).record([], PROFILE) == ()


def test_votes_lists_the_newest_candles_of_a_span_first(database: Database) -> None:
    ledger = Ledger(database)
    ledger.record([_decision(index) for index in range(300, 310)], PROFILE)
    span = Timerange(close_of(302), close_of(308))

    listed = ledger.votes(BTC, PROFILE.hash, timerange=span, limit=3)

    assert [vote.question.as_of for vote in listed] == [close_of(i) for i in (307, 306, 305)]


def test_votes_of_another_profile_or_series_are_not_seen(database: Database) -> None:
    ledger = Ledger(database)
    (vote,) = ledger.record([_decision()], PROFILE)
    other = panel_profile(threshold=0.7)

    assert ledger.find(vote.question, other.hash) is None
    assert ledger.find(Question(ETH, vote.question.as_of), PROFILE.hash) is None
    assert ledger.get(vote.id + 1) is None
    assert ledger.ballots(vote.id + 1) == ()


def test_foreign_text_postgresql_cannot_hold_is_stored_readably(database: Database) -> None:
    odd = Answer(
        Abstention(AbstentionKind.FAILED, "a\x00b\ud800"), "m\x00", Usage(), 0.1, cost_usd=None
    )
    (vote,) = Ledger(database).record([_decision(answers=(odd, odd, odd))], PROFILE)

    first = Ledger(database).ballots(vote.id)[0].answer

    assert isinstance(first.result, Abstention)
    assert first.result.detail == "a\ufffdb?"
    assert first.served_model == "m\ufffd"


@pytest.mark.parametrize("table", ["vote", "opinion", "snapshot", "profile"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {}"])
def test_database_refuses_to_change_what_was_said(
    database: Database, table: str, change: str
) -> None:
    ledger = Ledger(database)
    (vote,) = ledger.record([_decision()], PROFILE)
    column = {"vote": "score = 1", "opinion": "confidence = 1", "snapshot": "document = '{}'"}
    statement = change.format(table, column.get(table, "name = 'x'"))

    with pytest.raises(DataError, match="append-only"), database.transaction() as cursor:
        cursor.execute(statement)
    assert ledger.find(vote.question, PROFILE.hash) == vote


def test_ledger_offers_no_way_to_change_or_remove() -> None:
    public = {name for name in vars(Ledger) if not name.startswith("_")}

    reading = {"find", "votes", "get", "ballots", "answered", "derivatives_shown"}
    assert public == reading | {"record"}
