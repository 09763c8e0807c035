from __future__ import annotations

import itertools
import math
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proratio_signals.opinions import Action, Answer, Ballot, Consensus, Opinion
from proratio_signals.profile import Quorum
from proratio_signals.vote import tally
from tests.signals.samples import RELAXED, STRICT, WEIGHTS, ballots, said, silent

BUY, SELL, HOLD = Action.BUY, Action.SELL, Action.HOLD

answers = st.one_of(st.builds(said, st.sampled_from(Action), st.floats(0, 1)), st.builds(silent))
quorums = st.builds(Quorum, minimum_voters=st.integers(1, 3), minimum_weight_frac=st.floats(0, 1))


def _tally(*given_answers: Answer, quorum: Quorum = STRICT, threshold: float = 0.6) -> Consensus:
    return tally(ballots(*given_answers), threshold=threshold, quorum=quorum)


def test_three_voters_at_exactly_the_threshold_hold() -> None:
    consensus = _tally(said(BUY, 0.60), said(BUY, 0.60), said(BUY, 0.60))

    assert consensus.action is HOLD
    assert consensus.score == 0.6


def test_three_voters_just_above_the_threshold_act() -> None:
    assert _tally(said(BUY, 0.61), said(BUY, 0.60), said(BUY, 0.60)).action is BUY
    assert _tally(said(SELL, 0.61), said(SELL, 0.60), said(SELL, 0.60)).action is SELL


@given(st.lists(answers, min_size=3, max_size=3), quorums, st.floats(0, 1), st.randoms())
def test_order_of_ballots_is_irrelevant(
    given_answers: list[Answer], quorum: Quorum, threshold: float, random: Random
) -> None:
    cast = list(ballots(*given_answers))
    first = tally(cast, threshold=threshold, quorum=quorum)
    random.shuffle(cast)
    second = tally(cast, threshold=threshold, quorum=quorum)

    assert _figures(first) == _figures(second)


@given(st.lists(answers, min_size=3, max_size=3), quorums, st.floats(0, 1))
def test_figures_stay_in_range_and_actions_have_earned_it(
    given_answers: list[Answer], quorum: Quorum, threshold: float
) -> None:
    consensus = tally(ballots(*given_answers), threshold=threshold, quorum=quorum)

    for figure in (consensus.score, consensus.dissent, consensus.participation):
        assert 0 <= figure <= 1
    if consensus.action is not HOLD:
        assert consensus.score > threshold - 1e-9
        assert sum(isinstance(a.result, Opinion) for a in given_answers) >= quorum.minimum_voters


@given(st.lists(answers, min_size=3, max_size=3), st.integers(0, 2))
def test_losing_a_voter_never_creates_an_action(given_answers: list[Answer], lost: int) -> None:
    loose = Quorum(minimum_voters=1, minimum_weight_frac=0.0)
    before = tally(ballots(*given_answers), threshold=0.6, quorum=loose)
    given_answers[lost] = silent()
    after = tally(ballots(*given_answers), threshold=0.6, quorum=loose)

    assert after.action in {before.action, HOLD}


def test_weights_of_absent_voters_are_not_handed_to_the_others() -> None:
    consensus = _tally(said(BUY, 0.9), said(BUY, 0.9), silent(), quorum=RELAXED)

    assert consensus.score == pytest.approx(0.75 * 0.9)
    assert consensus.participation == 0.75
    assert consensus.degraded


@pytest.mark.parametrize("present", list(itertools.product([True, False], repeat=3)))
def test_quorum_over_every_subset_of_answers(present: tuple[bool, ...]) -> None:
    cast = [said(BUY, 1.0) if here else silent() for here in present]
    weight = sum(w for w, here in zip(WEIGHTS, present, strict=True) if here)

    assert _tally(*cast, quorum=STRICT).action is (BUY if all(present) else HOLD)
    relaxed_acts = sum(present) >= 2 and weight > 0.6 + 1e-9  # Claude + Gemini score 0.60 at most
    assert _tally(*cast, quorum=RELAXED).action is (BUY if relaxed_acts else HOLD)
    assert _tally(*cast).degraded is not all(present)


@given(st.lists(st.integers(1, 98), min_size=3, max_size=3), st.floats(0, 1))
def test_every_subset_of_any_weights_acts_exactly_when_its_weight_and_confidence_carry_it(
    parts: list[int], confidence: float
) -> None:
    weights = [part / sum(parts) for part in parts]
    for present in itertools.product([True, False], repeat=3):
        cast = [
            Ballot(ballot.voter.model_copy(update={"weight": weight}), ballot.answer, "h")
            for ballot, weight in zip(
                ballots(*(said(BUY, confidence) if here else silent() for here in present)),
                weights,
                strict=True,
            )
        ]
        weight = math.fsum(w for w, here in zip(weights, present, strict=True) if here)
        score = weight * confidence
        assume(abs(score - 0.6) > 1e-9 and abs(weight - 0.6) > 1e-9)
        strict = tally(cast, threshold=0.6, quorum=STRICT)
        relaxed = tally(cast, threshold=0.6, quorum=RELAXED)
        assert (strict.action is BUY) is (all(present) and score > 0.6)
        assert (relaxed.action is BUY) is (sum(present) >= 2 and weight > 0.6 and score > 0.6)


@pytest.mark.parametrize(
    ("agreeing", "needed"),
    [((0, 1, 2), 0.60), ((0, 1), 0.80), ((0, 2), 0.60 / 0.65), ((1, 2), 1.00)],
)
def test_documented_break_even_confidence(agreeing: tuple[int, ...], needed: float) -> None:
    def vote(confidence: float) -> Action:
        cast = [said(BUY, confidence) if seat in agreeing else silent() for seat in range(3)]
        return _tally(*cast, quorum=RELAXED).action

    assert vote(needed) is HOLD
    if needed < 1:
        assert vote(needed + 0.001) is BUY


def test_break_even_of_chatgpt_and_gemini_is_documented_as_092() -> None:
    assert round(0.60 / 0.65, 2) == 0.92


def test_two_agreeing_act_under_the_strict_quorum_when_the_third_answers_otherwise() -> None:
    consensus = _tally(said(BUY, 0.81), said(BUY, 0.81), said(HOLD, 0.9))

    assert consensus.action is BUY
    assert consensus.dissent == pytest.approx(0.25)


def test_tie_between_buying_and_selling_holds() -> None:
    cast = ballots(said(BUY, 0.5), said(SELL, 0.4 * 0.5 / 0.35), said(HOLD, 0.0))

    assert tally(cast, threshold=0.1, quorum=STRICT).action is HOLD


def test_nobody_answers_holds_without_a_score() -> None:
    consensus = _tally(silent(), silent(), silent())

    assert _figures(consensus) == (HOLD, 0.0, 0.0, 0.0, True)


def test_no_ballots_at_all_hold() -> None:
    empty: tuple[Ballot, ...] = ()

    assert tally(empty, threshold=0.6, quorum=RELAXED).action is HOLD


def _figures(consensus: Consensus) -> tuple[object, ...]:
    return (
        consensus.action,
        consensus.score,
        consensus.dissent,
        consensus.participation,
        consensus.degraded,
    )
