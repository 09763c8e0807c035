"""The campaigns of `make known-truths`, small: tight enough that a wrong formula fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proratio_quantlab.inference import StoppingRule
from tests.truths import known_truths, markets
from tests.truths.campaigns import (
    Noise,
    Share,
    coverage,
    looking_every_day,
    overfitting,
    peeking_with_an_ordinary_test,
    picked_strategies,
    single_strategies,
    superiority_p_values,
    uniformity,
)

RULE = StoppingRule(most_days=250)


def assert_compatible(share: Share, truth: float) -> None:
    """Fail when a share this far from the truth comes up less than once in a thousand seeds."""
    error = (truth * (1 - truth) / share.tries) ** 0.5
    assert share.value == pytest.approx(truth, abs=3.3 * error)


def test_a_random_strategy_is_believed_as_often_as_stated() -> None:
    assert_compatible(single_strategies(1, strategies=600, days=200), 0.05)


def test_the_best_of_many_random_strategies_is_luck_as_often_as_stated() -> None:
    picked = picked_strategies(2, experiments=300, strategies=60, days=200)

    assert picked.alone.value > 0.9
    assert picked.deflated.value < 0.05
    assert_compatible(picked.best_of_many, 0.05)


def test_skill_is_found_and_more_of_it_more_often() -> None:
    some, much = (
        picked_strategies(3, experiments=60, strategies=60, days=730, skill=skill).best_of_many
        for skill in (1.0, 4.0)
    )

    assert some.value < 0.5
    assert much.value > 0.9


def test_overfitting_of_noise_is_a_coin_toss() -> None:
    shares = overfitting(4, experiments=120, strategies=10, days=200)

    assert shares.mean() == pytest.approx(0.5, abs=3.3 * shares.std() / 120**0.5)


def test_p_values_of_superiority_are_uniform_when_nothing_is_superior() -> None:
    p_values = superiority_p_values(5, experiments=60, strategies=10, days=150, resamples=200)

    assert min(uniformity(column, 200) for column in p_values.T[1:]) > 0.001


def test_uniformity_notices_p_values_that_are_too_small() -> None:
    p_values = np.random.default_rng(1).random(200) ** 1.5

    assert uniformity(np.round(p_values * 200) / 200, 200) < 0.001


def test_an_interval_holds_the_truth_as_often_as_stated() -> None:
    assert_compatible(coverage(6, markets.normal, experiments=150, days=200, yearly=1.0), 0.95)


def test_looking_every_day_finds_nothing_in_nothing() -> None:
    ordinary = peeking_with_an_ordinary_test(7, experiments=200, rule=RULE)
    ours, _ = looking_every_day(7, markets.clustered, experiments=200, rule=RULE)

    assert ordinary.value > 0.15
    assert ours.value <= 0.05


def test_the_table_replaces_what_stood_between_the_comments(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("a\n<!-- power -->\nold\n<!-- end of power -->\nb\n")

    known_truths.write(document, "power", known_truths.table(("x", "y"), [("1", "2")]))

    assert document.read_text().splitlines() == [
        "a", "<!-- power -->", "| x | y |", "| --- | --- |", "| 1 | 2 |",
        "<!-- end of power -->", "b",
    ]  # fmt: skip


def test_a_page_without_the_comments_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("nothing here\n")

    with pytest.raises(RuntimeError, match="needs the comments"):
        known_truths.write(document, "power", "x")


@pytest.mark.parametrize("make", [markets.heavy_tailed, markets.skewed, markets.remembering])
def test_noises_have_mean_zero_and_deviation_one(make: Noise) -> None:
    values = make(np.random.default_rng(8), 200_000)

    assert values.mean() == pytest.approx(0, abs=0.01)
    assert values.std() == pytest.approx(1, abs=0.05)
