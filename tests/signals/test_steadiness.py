"""Golden values: counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.profile import Stability
from proratio_signals.steadiness import NOTHING_REPEATED, VoteAnswer, steadiness_of

TERMS = Stability(no_stake_at_frac=0.5, assumed_flip_frac=0.25, assumed_questions=10)
ANSWERS = (
    VoteAnswer((1, 10, "a"), 11, 1, 1),
    VoteAnswer((1, 10, "a"), 12, 0, 7),
    VoteAnswer((1, 20, "b"), 21, 1, 2),
    VoteAnswer((1, 20, "b"), 22, 1, 8),
    VoteAnswer((1, 30, "c"), 31, 0, 3),
    VoteAnswer((1, 30, "c"), 32, 0, 9),
)


def test_before_any_repeat_the_assumption_stands() -> None:
    assert NOTHING_REPEATED.stake_frac(TERMS, 10**13) == 0.5
    assert NOTHING_REPEATED.known(10**13) == (0.0, 0.0)


def test_a_profile_without_terms_stakes_all() -> None:
    assert steadiness_of(ANSWERS).stake_frac(None, 100) == 1.0


def test_only_what_was_available_by_the_moment_counts() -> None:
    steadiness = steadiness_of(ANSWERS)

    assert steadiness.known(11) == (0.0, 0.0)  # one answer is no repeat
    assert steadiness.known(12) == (0.5, 0.5)  # BUY was not confirmed; half of the answers act
    assert steadiness.known(21) == (0.5, 0.5)
    assert steadiness.known(22) == (0.5, 1.5)  # confirmed
    assert steadiness.known(99) == (0.5, 1.5)  # two HOLDs are no call
    assert steadiness.newest_vote == 9


def test_flips_shrink_the_stake_and_confirmations_restore_it() -> None:
    steadiness = steadiness_of(ANSWERS)

    assert steadiness.flip_frac(TERMS, 12) == pytest.approx((10 * 0.25 + 0.5) / 10.5)
    assert steadiness.stake_frac(TERMS, 12) == pytest.approx(1 - 3.0 / 10.5 / 0.5)
    trusting = TERMS.model_copy(update={"assumed_flip_frac": 0.0})
    assert steadiness.stake_frac(trusting, 12) < steadiness.stake_frac(trusting, 22)


def test_a_vote_that_is_always_taken_back_stakes_nothing() -> None:
    flips = [
        VoteAnswer((1, hour, "x"), hour + late, late, hour * 2 + late)
        for hour in range(10, 1_000, 10)
        for late in (0, 1)
    ]

    assert steadiness_of(flips).stake_frac(TERMS, 10_000) == 0.0


def test_three_answers_count_as_in_the_track_record() -> None:
    answers = [VoteAnswer((1, 1, "a"), n, action, n) for n, action in enumerate((1, 1, -1))]

    assert steadiness_of(answers).known(9) == pytest.approx((4 / 6, 1.0))  # 4 of 6 ordered pairs


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50), st.sampled_from((-1, 0, 1)))))
def test_later_answers_never_change_what_was_known(said: Sequence[tuple[int, int, int]]) -> None:
    answers = sorted(
        VoteAnswer((1, question, ""), moment, action, number)
        for number, (question, moment, action) in enumerate(said)
    )
    early = [answer for answer in answers if answer.available_ms <= 25]

    assert steadiness_of(answers).known(25) == pytest.approx(steadiness_of(early).known(25))
