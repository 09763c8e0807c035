"""Checked against the paper's definition, written out as loops over scipy's ranks."""

from __future__ import annotations

import math
from dataclasses import astuple
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata

from proratio_core.errors import DataError
from proratio_quantlab.inference import Overfitting, probability_of_overfitting


def by_definition(returns: np.ndarray, blocks: int) -> tuple[float, float]:
    parts = np.array_split(returns, blocks)
    logits, losses = [], []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.vstack([parts[i] for i in chosen])
        outside = np.vstack([parts[i] for i in range(blocks) if i not in chosen])
        picked = int(np.argmax(inside.mean(axis=0) / inside.std(axis=0, ddof=1)))
        ratios = outside.mean(axis=0) / outside.std(axis=0, ddof=1)
        relative = rankdata(ratios)[picked] / (returns.shape[1] + 1)
        logits.append(math.log(relative / (1 - relative)))
        losses.append(ratios[picked] < 0)
    return float(np.mean(np.array(logits) <= 0)), float(np.mean(losses))


@pytest.mark.parametrize(("variants", "blocks"), [(2, 4), (7, 8), (20, 10)])
def test_the_fast_way_equals_the_definition(variants: int, blocks: int) -> None:
    returns = np.random.default_rng(variants).normal(0.0003, 0.01, (240, variants))

    found = probability_of_overfitting(returns, blocks=blocks)

    assert (found.probability, found.loss_frac) == by_definition(returns, blocks)
    assert found.splits == math.comb(blocks, blocks // 2)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = np.random.default_rng(1).normal(0, 0.01, (100, 5))
    whole = probability_of_overfitting(returns, blocks=8)

    monkeypatch.setattr("proratio_quantlab.inference.overfitting._CHUNK_CELLS", 17)

    assert astuple(probability_of_overfitting(returns, blocks=8)) == pytest.approx(astuple(whole))


def test_a_variant_with_real_skill_is_picked_again() -> None:
    returns = np.random.default_rng(2).normal(0, 0.01, (800, 20))
    returns[:, 3] += 0.003

    found = probability_of_overfitting(returns, blocks=10)

    assert found.probability == 0
    assert found.median_out > 0.2


def test_what_won_by_one_lucky_block_loses_elsewhere() -> None:
    """Each variant shines in one block of its own and loses a little in all the others."""
    returns = np.random.default_rng(3).normal(-0.001, 0.002, (160, 16))
    for block in range(16):
        returns[block * 10 : (block + 1) * 10, block] += 0.03

    found = probability_of_overfitting(returns)

    assert found.probability > 0.95
    assert found.loss_frac > 0.95
    assert found.median_in > 0 > found.median_out


def test_days_left_over_are_dropped_at_the_start() -> None:
    returns = np.random.default_rng(4).normal(0, 0.01, (43, 3))

    assert probability_of_overfitting(returns, blocks=4) == probability_of_overfitting(
        returns[3:], blocks=4
    )


def test_a_variant_that_never_traded_has_a_ratio_of_zero() -> None:
    returns = np.zeros((40, 3))
    returns[:, 0] = np.random.default_rng(5).normal(-0.01, 0.001, 40)

    found = probability_of_overfitting(returns, blocks=4)

    assert found == Overfitting(0.0, 0.0, 0.0, 0.0, splits=6, variants=3)


@pytest.mark.parametrize(
    ("shape", "blocks", "complaint"),
    [
        ((100, 1), 4, "something to choose between"),
        ((7, 3), 4, "7 days are too few"),
        ((100, 3), 5, "even number"),
        ((100, 3), 22, "even number"),
    ],
)
def test_what_cannot_be_split_is_refused(
    shape: tuple[int, int], blocks: int, complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint):
        probability_of_overfitting(np.zeros(shape), blocks=blocks)


def test_a_return_that_is_no_number_is_refused() -> None:
    returns = np.zeros((40, 2))
    returns[0, 0] = math.nan

    with pytest.raises(DataError, match="NaN"):
        probability_of_overfitting(returns, blocks=4)
