"""Golden values: counted by hand."""

from __future__ import annotations

import math

import pytest

from proratio_signals.scoring.stability import flip_rates
from tests.signals.scoring.made import HOUR_MS


def test_flip_rate_is_the_share_of_unlike_pairs_of_answers() -> None:
    rows = [
        (1, "a", 3, 0, 0),  # all alike: 0 of 3 pairs
        (2, "a", 2, 1, 0),  # 2 of 3 pairs differ
        (3, "a", 1, 1, 1),  # 3 of 3
        (1, "b", 0, 2, 0),
    ]

    steady = {found.voter: found for found in flip_rates(rows, reach_ms=1)}

    assert steady["a"].flip_frac.value == pytest.approx((0 + 2 / 3 + 1) / 3)
    assert (steady["a"].answers, steady["a"].flip_frac.n) == (9, 3)
    assert steady["b"].flip_frac.value == 0


def test_only_answers_that_act_count_as_calls() -> None:
    rows = [
        (1, "a", 2, 1, 0),  # 2 of 3 act; of their 4 pairs 2 are not confirmed
        (2, "a", 0, 2, 0),  # none acts
        (3, "a", 1, 0, 1),  # both act, neither is confirmed
    ]

    (found,) = flip_rates(rows, reach_ms=1)

    assert found.call_flip_frac.value == pytest.approx((2 / 6 + 2 / 2) / (2 / 3 + 1))
    assert found.call_flip_frac.n == 2


def test_who_never_acts_has_no_rate_of_calls() -> None:
    (found,) = flip_rates([(1, "a", 0, 2, 0)], reach_ms=1)

    assert math.isnan(found.call_flip_frac.value)


def test_enough_questions_give_an_interval() -> None:
    rows = [(hour * HOUR_MS, "a", 1, hour % 2, 1 - hour % 2) for hour in range(100)]

    (found,) = flip_rates(rows, reach_ms=HOUR_MS)

    assert (found.flip_frac.value, found.flip_frac.low) == (1.0, 1.0)


def test_nothing_asked_twice_says_nothing() -> None:
    assert flip_rates([], reach_ms=1) == ()
