from __future__ import annotations

from dataclasses import replace

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_signals.opinions import Action, Opinion
from proratio_signals.profile import Profile
from proratio_signals.scoring.reading import (
    judged_series,
    read_costs,
    read_facts,
    read_repeats,
    read_served,
    read_statements,
)
from proratio_signals.scoring.statements import Statements
from tests.signals.recording import WINDOWS, record
from tests.signals.samples import (
    BTC,
    ETH,
    HOUR,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
BUY, SELL, HOLD = (said(action, 0.9) for action in (Action.BUY, Action.SELL, Action.HOLD))
LATER = close_of(319)


def _read(database: Database, *keys: object, **changes: object) -> Statements:
    given = {"timerange": Timerange(), "until": LATER} | changes
    return read_statements(database, PROFILE, PROFILE.hash, keys or (BTC,), **given)


def test_answers_come_back_as_columns_in_the_order_of_time_and_seats(database: Database) -> None:
    record(database, 301, SELL, silent(), HOLD, profile=PROFILE)
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, SELL, BUY, SELL, key=ETH, profile=PROFILE)

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
    record(database, 300, BUY, silent(), BUY, profile=PROFILE)
    record(database, 300, SELL, SELL, SELL, profile=PROFILE)

    assert _read(database).action.tolist() == [[-1, -1, -1]]


def test_nothing_from_after_the_moment_of_reading_is_seen(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 301, BUY, BUY, BUY, late=5 * HOUR, profile=PROFILE)
    record(database, 303, BUY, BUY, BUY, profile=PROFILE)

    assert len(_read(database, until=close_of(302))) == 1  # 301 came late, 303 is later
    assert len(_read(database, until=close_of(306))) == 3
    assert len(_read(database, timerange=Timerange(close_of(301), close_of(303)))) == 1


def test_an_empty_ledger_reads_as_an_empty_table(database: Database) -> None:
    found = _read(database)

    assert len(found) == 0
    assert found.action.shape == (0, 3)


def test_facts_are_those_the_voters_were_shown(database: Database) -> None:
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    snapshot = WINDOWS[BTC].at(close_of(300))

    assert read_facts(database, [snapshot.hash, "unknown"]) == {snapshot.hash: snapshot.facts}


def test_repeats_count_the_answers_to_the_same_candles(database: Database) -> None:
    again, third = (panel_profile().model_copy(update={"name": name}) for name in ("b", "c"))
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 300, BUY, HOLD, SELL, profile=again)
    record(database, 300, BUY, silent(), SELL, profile=third)
    record(database, 301, BUY, BUY, BUY, profile=PROFILE)

    found = _repeats(database, PROFILE, again, third)

    at = to_ms(close_of(300))
    assert set(found) == {
        (at, "voter-technical", 3, 0, 0),
        (at, "voter-risk", 1, 1, 0),
        (at, "voter-sentiment", 1, 0, 2),
        (at, "the vote", 1, 1, 0),  # the third panel was not complete
    }


def test_a_question_asked_again_after_an_outage_is_no_repeat(database: Database) -> None:
    record(database, 300, BUY, silent(), BUY, profile=PROFILE)
    record(
        database, 300, BUY, HOLD, BUY, profile=PROFILE
    )  # two of the three answers are those paid for before

    assert _repeats(database, PROFILE) == ()


def _repeats(database: Database, *profiles: Profile) -> tuple[tuple[int, str, int, int, int], ...]:
    hashes = [profile.hash for profile in profiles]
    return read_repeats(database, hashes, [BTC], timerange=Timerange(), until=LATER)


def test_costs_are_summed_by_the_day_of_the_candle_and_by_voter(database: Database) -> None:
    again = panel_profile().model_copy(update={"name": "again"})
    record(database, 300, BUY, BUY, silent(), profile=PROFILE)
    record(database, 300, BUY, BUY, BUY, profile=again)
    record(database, 319, BUY, BUY, BUY, profile=PROFILE, key=ETH)

    hashes = (PROFILE.hash, again.hash)
    found = read_costs(database, hashes, [BTC, ETH], timerange=Timerange(), until=close_of(320))

    first, last = close_of(300).date(), close_of(319).date()
    assert found == (
        (first, "voter-risk", 0.002, 2),
        (first, "voter-sentiment", 0.001, 1),
        (first, "voter-technical", 0.002, 2),
        (last, "voter-risk", 0.001, 1),
        (last, "voter-sentiment", 0.001, 1),
        (last, "voter-technical", 0.001, 1),
    )


def test_a_changed_model_shows_in_what_was_served(database: Database) -> None:
    opinion = BUY.result
    assert isinstance(opinion, Opinion)
    changed = replace(BUY, served_model="m-2")
    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 301, changed, BUY, silent(), profile=PROFILE)
    record(database, 302, changed, BUY, BUY, key=ETH, profile=PROFILE)

    found = read_served(database, PROFILE.hash, [BTC, ETH], timerange=Timerange(), until=LATER)

    assert found == (
        ("voter-risk", "m-1", close_of(300), close_of(302), 3),
        ("voter-sentiment", "m-1", close_of(300), close_of(302), 2),
        ("voter-technical", "m-1", close_of(300), close_of(300), 1),
        ("voter-technical", "m-2", close_of(301), close_of(302), 2),
    )


def test_judged_series_are_those_with_votes(database: Database) -> None:
    CandleStore(database).ensure(ETH)
    assert judged_series(database, PROFILE.hash) == ()

    record(database, 300, BUY, BUY, BUY, profile=PROFILE)
    record(database, 301, BUY, BUY, BUY, profile=PROFILE)

    assert judged_series(database, PROFILE.hash) == (BTC,)
