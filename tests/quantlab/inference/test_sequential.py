"""Golden figures: the mixed likelihood ratio integrated numerically by scipy, to 1e-8. Error rates
under continuous peeking by simulation; the long campaign is `make known-truths`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from proratio_core.errors import DataError
from proratio_quantlab.inference import Decision, SequentialTest, StoppingRule
from proratio_quantlab.inference.sequential import always_valid_p_values

RULE = StoppingRule(effect=0.2, fewest_days=2, most_days=400)
NOISE = np.random.default_rng(1).standard_normal(40)


def mixed_ratio(values: np.ndarray, effect: float) -> float:
    """Return the density of t under normal effects of that size, over its density under none."""
    count = len(values)
    t = values.mean() / (values.std(ddof=1) / math.sqrt(count))

    def weighted(size: float) -> float:
        shifted = stats.nct.pdf(t, count - 1, size * math.sqrt(count))
        return float(shifted * stats.norm.pdf(size, scale=effect))

    mixed, _ = integrate.quad(weighted, -8 * effect, 8 * effect, epsabs=1e-13, limit=200)
    return mixed / float(stats.t.pdf(t, count - 1))


@pytest.mark.parametrize("days", [3, 10, 40])
@pytest.mark.parametrize("shift", [0.4, -0.7])
def test_p_values_equal_the_ratio_integrated(days: int, shift: float) -> None:
    values = NOISE[:days] + shift

    expected = min(1.0, *(1 / mixed_ratio(values[:n], 0.2) for n in range(2, days + 1)))

    assert always_valid_p_values(values, RULE)[-1] == pytest.approx(expected, rel=1e-7)


def test_the_confidence_sequence_is_where_the_test_does_not_reject() -> None:
    rule = StoppingRule(effect=0.2, fewest_days=40, most_days=400)
    values = NOISE + 0.1
    seen = SequentialTest.of(values, rule)

    for border in (seen.low, seen.high):
        assert always_valid_p_values(values - border, rule)[-1] == pytest.approx(0.05, rel=1e-9)


def test_looking_every_day_at_nothing_errs_no_more_often_than_the_level() -> None:
    generator = np.random.default_rng(5)
    rule = StoppingRule(level=0.2, most_days=250)

    found = sum(
        SequentialTest.of(generator.standard_normal(250), rule).p_value <= 0.2 for _ in range(400)
    )

    assert found / 400 < 0.2  # an ordinary p-value finds something in two of three


def test_a_better_first_is_found_and_days_after_it_are_not_looked_at() -> None:
    values = np.random.default_rng(6).normal(0.5, 1, 300)
    full = SequentialTest.of(values, RULE)

    assert full.decision is Decision.FIRST_IS_BETTER
    assert full.days < 300
    assert full.low > 0
    assert full == SequentialTest.of(np.append(values[: full.days], [-100.0] * 50), RULE)
    assert SequentialTest.of(-values, RULE).decision is Decision.SECOND_IS_BETTER


def test_nothing_is_decided_before_the_fewest_days() -> None:
    rule = StoppingRule(fewest_days=30, most_days=60)
    values = np.random.default_rng(6).normal(3, 1, 29)

    early = SequentialTest.of(values, rule)

    assert (early.decision, early.p_value, early.high) == (Decision.GO_ON, 1.0, math.inf)


def test_the_last_day_ends_an_undecided_comparison() -> None:
    rule = StoppingRule(most_days=40)

    assert SequentialTest.of(NOISE[:39], rule).decision is Decision.GO_ON
    assert SequentialTest.of(NOISE, rule).decision is Decision.NO_DIFFERENCE_FOUND


def test_two_that_never_differ_are_never_told_apart() -> None:
    seen = SequentialTest.of(np.zeros(50), RULE)

    assert (seen.decision, seen.p_value, seen.mean) == (Decision.GO_ON, 1.0, 0.0)


@pytest.mark.parametrize("bad", [[], [math.nan], [0.1, math.inf]])
def test_days_that_are_no_numbers_are_refused(bad: list[float]) -> None:
    with pytest.raises(DataError):
        SequentialTest.of(np.array(bad), RULE)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 0.0}, {"level": 1.0}, {"effect": 0.0}, {"effect": math.nan},
        {"fewest_days": 1}, {"fewest_days": 50, "most_days": 40},
    ],
)  # fmt: skip
def test_impossible_rules_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(DataError):
        StoppingRule(**changes)  # type: ignore[arg-type]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=60))
def test_p_values_never_rise_and_have_no_unit(values: list[float]) -> None:
    p_values = always_valid_p_values(np.array(values), RULE)

    assert (np.diff(p_values) <= 0).all()
    assert ((p_values > 0) & (p_values <= 1)).all() or p_values.min() == 0
