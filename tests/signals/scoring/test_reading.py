from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action, Answer, Opinion
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.scoring.reading import (
    judged_series,
    read_facts,
    read_repeats,
    read_served,
    read_siblings,
    read_statements,
)
from proratio_signals.scoring.statements import Statements
from proratio_signals.snapshot import Windows
from proratio_signals.vote import tally
from tests.signals.samples import (
    BTC,
    ETH,
    HOUR,
    STRICT,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
WINDOWS = {BTC: Windows(candle_frame(320), BTC), ETH: Windows(candle_frame(320, seed=2), ETH)}
BUY, SELL, HOLD = (said(action, 0.9) for action in (Action.BUY, Action.SELL, Action.HOLD))
LATER = close_of(319)


def _record(
    database: Database,
    index: int,
    *answers: Answer,
    key: object = BTC,
    late: timedelta = HOUR / 60,
    profile: Profile = PROFILE,
) -> None:
    consensus = tally(ballots(*answers), threshold=0.6, quorum=STRICT)
    question = Question(key, close_of(index))
    snapshot = WINDOWS[key].at(close_of(index))
    decision = Decision(question, snapshot, consensus, Origin.BACKFILL, close_of(index) + late)
    Ledger(database).record([decision], profile)


def _read(database: Database, *keys: object, **changes: object) -> Statements:
    given = {"timerange": Timerange(), "until": LATER} | changes
    return read_statements(database, PROFILE, PROFILE.hash, keys or (BTC,), **given)


def test_answers_come_back_as_columns_in_the_order_of_time_and_seats(database: Database) -> None:
    _record(database, 301, SELL, silent(), HOLD)
    _record(database, 300, BUY, BUY, BUY)
    _record(database, 300, SELL, BUY, SELL, key=ETH)

    found = _read(database, BTC, ETH)

    assert found.voters == tuple(voter.name for voter in PROFILE.voters)
    assert found.times_ms.tolist() == [to_ms(close_of(index)) for index in (300, 300, 301)]
    assert found.series.tolist() == [0, 1, 0]
    assert found.action.tolist() == [[1, 1, 1], [-1, 1, -1], [-1, 0, 0]]
    assert found.answered.tolist() == [[True] * 3, [True] * 3, [True, False, True]]
    assert np.isnan(found.confidence[2]).tolist() == [False, True, False]
    assert found.vote_action.tolist() == [1, 0, 0]  # 0.585 is not enough
    assert found.vote_score[0] == 0.9


def test_latest_attempt_counts(database: Database) -> None:
    _record(database, 300, BUY, silent(), BUY)
    _record(database, 300, SELL, SELL, SELL)

    assert _read(database).action.tolist() == [[-1, -1, -1]]


def test_nothing_from_after_the_moment_of_reading_is_seen(database: Database) -> None:
    _record(database, 300, BUY, BUY, BUY)
    _record(database, 301, BUY, BUY, BUY, late=5 * HOUR)
    _record(database, 303, BUY, BUY, BUY)

    assert len(_read(database, until=close_of(302))) == 1  # 301 came late, 303 is later
    assert len(_read(database, until=close_of(306))) == 3
    assert len(_read(database, timerange=Timerange(close_of(301), close_of(303)))) == 1


def test_an_empty_ledger_reads_as_an_empty_table(database: Database) -> None:
    found = _read(database)

    assert len(found) == 0
    assert found.action.shape == (0, 3)


def test_facts_are_those_the_voters_were_shown(database: Database) -> None:
    _record(database, 300, BUY, BUY, BUY)
    snapshot = WINDOWS[BTC].at(close_of(300))

    assert read_facts(database, [snapshot.hash, "unknown"]) == {snapshot.hash: snapshot.facts}


def test_siblings_are_the_same_panel_asked_again_or_blind(database: Database) -> None:
    again = panel_profile().model_copy(update={"name": "again"})
    blind = panel_profile().model_copy(update={"name": "masked", "blinding": True})
    stricter = panel_profile(threshold=0.7)
    for profile in (PROFILE, again, blind, stricter):
        _record(database, 300, BUY, BUY, BUY, profile=profile)

    found = read_siblings(database, PROFILE)

    assert set(found.repeats) == {PROFILE.hash, again.hash}
    assert found.twins == (blind.hash,)
    assert set(read_siblings(database, blind).twins) == {PROFILE.hash, again.hash}


def test_repeats_count_the_answers_to_the_same_candles(database: Database) -> None:
    again = panel_profile().model_copy(update={"name": "again"})
    _record(database, 300, BUY, BUY, BUY)
    _record(database, 300, BUY, silent(), SELL, profile=again)
    _record(database, 300, BUY, HOLD, SELL, profile=again)
    _record(database, 301, BUY, BUY, BUY)

    found = read_repeats(
        database, [PROFILE.hash, again.hash], [BTC], timerange=Timerange(), until=LATER
    )

    at = to_ms(close_of(300))
    assert set(found) == {
        (at, "voter-technical", 3, 0, 0),
        (at, "voter-risk", 1, 1, 0),
        (at, "voter-sentiment", 1, 0, 2),
    }


def test_a_changed_model_shows_in_what_was_served(database: Database) -> None:
    opinion = BUY.result
    assert isinstance(opinion, Opinion)
    changed = replace(BUY, served_model="m-2")
    _record(database, 300, BUY, BUY, BUY)
    _record(database, 301, changed, BUY, silent())
    _record(database, 302, changed, BUY, BUY, key=ETH)

    found = read_served(database, PROFILE.hash, [BTC, ETH], timerange=Timerange(), until=LATER)

    assert found == (
        ("voter-risk", "m-1", close_of(300), close_of(302), 3),
        ("voter-sentiment", "m-1", close_of(300), close_of(302), 2),
        ("voter-technical", "m-1", close_of(300), close_of(300), 1),
        ("voter-technical", "m-2", close_of(301), close_of(302), 2),
    )


def test_a_profile_of_another_version_is_nobodys_sibling(database: Database) -> None:
    _record(database, 300, BUY, BUY, BUY)
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO profile (hash, name, document) VALUES ('x', 'old', '{\"terms\": 1}')"
        )

    assert read_siblings(database, PROFILE).repeats == (PROFILE.hash,)


def test_judged_series_are_those_with_votes(database: Database) -> None:
    CandleStore(database).ensure(ETH)
    assert judged_series(database, PROFILE.hash) == ()

    _record(database, 300, BUY, BUY, BUY)
    _record(database, 301, BUY, BUY, BUY)

    assert judged_series(database, PROFILE.hash) == (BTC,)
