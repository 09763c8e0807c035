"""Voters of known worth, asked through the advisor on recorded candles: scoring has to find out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_signals.models import Models
from proratio_signals.profile import load_profile
from proratio_signals.scoring import Judge, Scorecard, Verdict, VoterScore
from tests.signals.samples import BTC
from tests.signals.scoring.simulated import (
    CLEAN_FROM,
    KEYS,
    UNTIL,
    answer,
    questions_every,
    recorded_frames,
    simulated_models,
    simulated_profile,
)

PROFILE = simulated_profile()
BLIND = simulated_profile("simulated-blind", blinding=True)


@pytest.fixture(scope="module")
def recorded(module_database_url: str, market_data: Path) -> Iterator[Database]:
    """Yield a ledger with 2,128 answers a voter, asked open, some of them blind and again."""
    database = Database(module_database_url)
    frames = recorded_frames(market_data, KEYS, "2023-12-01", "2025-10-31")
    for key, frame in frames.items():
        CandleStore(database).write(key, frame)
    questions = questions_every(frames, 31)
    answer(database, frames, questions, profile=PROFILE)
    answer(database, frames, questions[::3], profile=BLIND)
    again = simulated_profile("simulated-again")
    answer(database, frames, questions[::10], profile=again, salt="again")
    yield database
    database.close()


@pytest.fixture(scope="module")
def scorecard(recorded: Database) -> Scorecard:
    return Judge(recorded, simulated_models(), until=UNTIL).scorecard(PROFILE, KEYS)


def _voter(scorecard: Scorecard, name: str) -> VoterScore:
    return next(voter for voter in scorecard.voters if voter.seat.name == name)


def test_every_question_is_judged_on_its_side_of_the_cutoff(scorecard: Scorecard) -> None:
    assert scorecard.cutoff.clean_from == CLEAN_FROM
    assert scorecard.questions > 2_000
    for voter in scorecard.voters[:3]:
        assert voter.before is not None
        assert voter.after is not None
        unresolved = voter.unresolved.pending + voter.unresolved.missing
        assert voter.before.opinions + voter.after.opinions + unresolved == scorecard.questions


def test_who_is_right_six_times_of_ten_after_the_cutoff_is_better_than_placebo(
    scorecard: Scorecard,
) -> None:
    skilled = _voter(scorecard, "skilled")

    assert skilled.verdict is Verdict.BETTER
    assert not skilled.is_contaminated
    assert skilled.after is not None
    assert skilled.after.accuracy.low < 0.6 < skilled.after.accuracy.high
    assert all(placebo.excess.is_above_zero for placebo in skilled.after.placebos)


def test_who_knows_the_past_only_is_contaminated_and_worthless(scorecard: Scorecard) -> None:
    remembering = _voter(scorecard, "remembering")

    assert remembering.before is not None
    assert remembering.before.verdict is Verdict.BETTER
    assert remembering.is_contaminated
    assert remembering.verdict is Verdict.WORTHLESS


def test_who_guesses_is_worthless_on_either_side(scorecard: Scorecard) -> None:
    guessing = _voter(scorecard, "random")

    assert guessing.before is not None
    assert (guessing.before.verdict, guessing.verdict) == (Verdict.WORTHLESS,) * 2
    assert not guessing.is_contaminated


def test_blind_the_one_who_remembers_loses_what_it_had(scorecard: Scorecard) -> None:
    premiums = {premium.voter: premium for premium in scorecard.memorisation}

    assert premiums["remembering"].before.is_above_zero
    assert premiums["remembering"].before.value == pytest.approx(0.4, abs=0.08)
    assert not premiums["remembering"].after.is_above_zero
    assert not premiums["random"].before.is_above_zero


def test_asked_again_a_coin_flips_half_of_the_time_and_memory_seldom(scorecard: Scorecard) -> None:
    flips = {steady.voter: steady.flip_frac.value for steady in scorecard.stability}

    assert flips["random"] == pytest.approx(0.5, abs=0.12)
    assert flips["remembering"] < flips["random"]


def test_three_independent_voters_count_as_three_and_learning_finds_the_skilled(
    scorecard: Scorecard,
) -> None:
    assert scorecard.after is not None
    assert scorecard.after.agreement.effective_voters > 2.9
    schemes = {scheme.name: scheme for scheme in scorecard.after.schemes}
    assert schemes["learned"].weights[0] > 0.8
    assert schemes["learned"].over_configured.is_above_zero


def test_overconfidence_is_measured_and_calibrated_away(scorecard: Scorecard) -> None:
    after = _voter(scorecard, "remembering").after

    assert after is not None
    assert after.brier.value > 0.35
    (top,) = [bin_ for bin_ in after.reliability if bin_.low == 0.9]
    assert top.hit_frac.high < 0.7
    assert after.calibration is not None
    assert after.calibration.platt_gain.is_above_zero


def test_served_models_are_listed(scorecard: Scorecard) -> None:
    assert [served.voter for served in scorecard.served] == ["random", "remembering", "skilled"]


def test_a_blind_profile_is_compared_with_its_open_twin(recorded: Database) -> None:
    found = Judge(recorded, simulated_models(), until=UNTIL).scorecard(BLIND, KEYS)

    premiums = {premium.voter: premium for premium in found.memorisation}
    assert premiums["remembering"].before.is_above_zero


def test_without_a_known_cutoff_there_is_no_headline(recorded: Database) -> None:
    found = Judge(recorded, Models([]), until=UNTIL).scorecard(PROFILE, KEYS)

    assert found.after is None
    assert {voter.verdict for voter in found.voters} == {Verdict.TOO_FEW}
    assert all(voter.before is not None for voter in found.voters)


def test_a_record_read_earlier_knows_only_what_had_happened(recorded: Database) -> None:
    until = datetime(2025, 3, 1, tzinfo=UTC)
    judge = Judge(recorded, simulated_models(), until=until)

    found = judge.scorecard(PROFILE, KEYS[:1])
    same = Judge(recorded, simulated_models(), until=UNTIL).scorecard(
        PROFILE, KEYS[:1], Timerange(None, until)
    )

    assert found.last is not None
    assert found.last <= until
    assert found.questions == same.questions
    assert found.voters[0].unresolved.pending >= same.voters[0].unresolved.pending == 0


def test_a_short_record_says_that_it_is_too_short(recorded: Database) -> None:
    span = Timerange(datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 15, tzinfo=UTC))

    found = Judge(recorded, simulated_models(), until=UNTIL).scorecard(PROFILE, KEYS, span)

    assert {voter.verdict for voter in found.voters} == {Verdict.TOO_FEW}
    assert all(voter.before is None for voter in found.voters)


def test_an_empty_ledger_has_an_empty_record(database: Database) -> None:
    found = Judge(database, Models([]), until=UNTIL).scorecard(load_profile("offline"), [BTC])

    assert (found.questions, found.first, found.after) == (0, None, None)
    assert {voter.verdict for voter in found.voters} == {Verdict.TOO_FEW}
