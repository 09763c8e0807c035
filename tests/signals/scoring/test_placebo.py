from __future__ import annotations

import numpy as np
import pytest

from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.intervals import Blocks
from proratio_signals.scoring.placebo import RANDOM, RULES_ONLY, SHUFFLED, Placebo, placebos
from tests.signals.scoring.made import make_calls


def _placebos(calls: Calls, *, with_rules: bool = True) -> dict[str, Placebo]:
    blocks = Blocks(calls.times_ms, calls.reach_ms)
    return {found.name: found for found in placebos(calls, blocks, with_rules=with_rules)}


def _drawn(count: int = 3_000, *, right: float, drift: float = 0.0) -> Calls:
    generator = np.random.default_rng(2)
    moved = generator.normal(drift, 0.01, count)
    hit = generator.random(count) < right
    action = np.sign(moved) * np.where(hit, 1, -1)
    return make_calls(action, moved, series=generator.integers(2, size=count))


def test_shuffled_voter_is_the_mean_over_all_permutations() -> None:
    """Golden: 20,000 permutations within each series, drawn by numpy."""
    generator = np.random.default_rng(3)
    moved = generator.normal(0.005, 0.01, 60)
    series = np.repeat([0, 1], 30)
    action = generator.choice([1, 1, 1, -1], 60)
    shuffles = [
        np.concatenate([generator.permutation(action[:30]), generator.permutation(action[30:])])
        for _ in range(20_000)
    ]
    expected = np.mean([(shuffled == np.sign(moved)).mean() for shuffled in shuffles])

    found = _placebos(make_calls(action, moved, series=series))[SHUFFLED]

    assert found.accuracy.value == pytest.approx(expected, abs=0.002)
    hits = (action == np.sign(moved)).mean()
    assert found.excess.value == pytest.approx(hits - found.accuracy.value)


def test_who_always_buys_a_rising_market_beats_the_coin_and_not_its_own_shuffle() -> None:
    moved = np.random.default_rng(5).normal(0.005, 0.01, 3_000)

    found = _placebos(make_calls([1] * 3_000, moved))

    assert found[RANDOM].excess.is_above_zero
    assert found[SHUFFLED].excess.value == pytest.approx(0, abs=1e-12)
    assert not found[SHUFFLED].excess.is_above_zero


def test_a_coin_is_right_half_of_the_time_the_price_moves() -> None:
    found = _placebos(make_calls([1, -1, 1, 0], [0.1, 0.1, 0.0, 0.1]))[RANDOM]

    assert found.accuracy.value == pytest.approx(1 / 3)
    assert found.excess.value == pytest.approx(0.0)  # one hit of three, as the coin


def test_excess_over_the_rules_is_taken_on_the_same_candles() -> None:
    found = _placebos(
        make_calls([1, 1, 0, -1], [0.1, -0.1, 0.1, -0.1], rules_action=[1, 0, -1, 1])
    )[RULES_ONLY]

    assert found.accuracy.value == pytest.approx(1 / 3)
    assert found.excess.value == pytest.approx(2 / 3 - 1 / 3)


def test_who_says_what_the_rules_say_has_nothing_over_them() -> None:
    calls = _drawn(right=0.6)

    found = _placebos(make_calls(calls.action, calls.return_frac, rules_action=calls.action))

    excess = found[RULES_ONLY].excess
    assert (excess.value, excess.low, excess.high) == (0, 0, 0)


def test_rules_are_no_placebo_for_rules() -> None:
    assert set(_placebos(_drawn(right=0.5), with_rules=False)) == {RANDOM, SHUFFLED}


@pytest.mark.parametrize(("right", "found"), [(0.6, True), (0.5, False)])
def test_skill_is_found_and_its_absence_too(right: float, found: bool) -> None:
    tested = _placebos(_drawn(right=right))

    assert tested[RANDOM].excess.is_above_zero is found
    assert tested[SHUFFLED].excess.is_above_zero is found
