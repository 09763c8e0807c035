"""A seed means the same rounds for ever, and the oracle knows which entries are meant."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from proratio_core.values import Pair
from tests.faults.plan import plan_round
from tests.faults.rounds import SCENES, WEIGHTS, Case, Scene, Voice
from tests.faults.stage import PAIRS
from tests.wire.seeded_faults import FAMILIES

SUBSETS = [subset for size in range(4) for subset in combinations(WEIGHTS, size)]


def test_a_round_is_a_function_of_seed_and_number() -> None:
    for number in range(20):
        assert plan_round(7, number, PAIRS) == plan_round(7, number, PAIRS)
        assert plan_round(7, number, PAIRS) != plan_round(8, number, PAIRS)


def test_a_long_campaign_has_every_family_scene_and_provider() -> None:
    rounds = [plan_round(7, number, PAIRS) for number in range(200)]
    met = Counter(
        (provider, voice.fault)
        for plan in rounds
        for case in plan.cases
        for provider, voice in case.voices.items()
        if voice.fault is not None
    )
    assert {plan.scene for plan in rounds} == set(Scene) == set(SCENES)
    assert set(met) == {(provider, family) for provider in WEIGHTS for family in FAMILIES}


@pytest.mark.parametrize("number", range(10))
def test_every_scene_but_those_about_outages_and_money_has_sound_votes(number: int) -> None:
    plan = plan_round(7, number, PAIRS)
    if plan.scene is Scene.OUTAGE:
        assert plan.scores == {}
    else:
        assert len(plan.scores) >= len(plan.cases) // 3


@pytest.mark.parametrize("answering", SUBSETS, ids=lambda subset: "+".join(subset) or "nobody")
@pytest.mark.parametrize("confidence", [0.6, 0.61, 0.81, 0.93, 1.0])
def test_what_each_subset_of_voters_can_do(answering: tuple[str, ...], confidence: float) -> None:
    """The table of docs/consensus.md, worked out by hand: two need 0.80, 0.92 and never."""
    voices = {
        name: Voice("1", "BUY", confidence, fault=None if name in answering else "refusal")
        for name in WEIGHTS
    }
    case = Case(Pair.parse("BTC/USDT"), voices)
    needed = {3: 0.60, 2: {0.75: 0.80, 0.65: 0.93, 0.60: 1.1}.get(_weight(answering), 9)}
    everybody = len(answering) == 3 and confidence > 0.60
    assert (case.score(relaxed=False) > 0) is everybody
    two = len(answering) == 2 and confidence >= needed[2]
    assert (case.score(relaxed=True) > 0) is (everybody or two)


def _weight(names: tuple[str, ...]) -> float:
    return round(sum(WEIGHTS[name] for name in names), 2)
