from __future__ import annotations

import numpy as np
import pytest

from proratio_signals.scoring.memorisation import memorisation_premium
from tests.signals.scoring.made import make_calls

MOVED = np.random.default_rng(1).normal(size=2_000)


def _right(share: float, seed: int) -> list[int]:
    hit = np.random.default_rng(seed).random(2_000) < share
    return list(np.sign(MOVED) * np.where(hit, 1, -1))


def test_premium_is_what_the_name_of_the_market_is_worth() -> None:
    found = memorisation_premium(
        make_calls(_right(0.8, 2), MOVED), make_calls(_right(0.5, 3), MOVED)
    )

    assert found.value == pytest.approx(0.3, abs=0.03)
    assert found.is_above_zero
    assert found.n == 2_000


def test_same_answers_have_no_premium() -> None:
    calls = make_calls(_right(0.6, 2), MOVED)

    assert memorisation_premium(calls, calls).value == 0


def test_only_candles_asked_both_ways_count() -> None:
    """Golden: by hand; both saw hours 2 and 3, open right twice, blind once."""
    asked_open = make_calls([1, 1, 1, -1], [0.1] * 4)
    asked_blind = make_calls([1, 1, -1, 1], [0.1] * 4)
    first = np.array([False, True, True, False])
    second = np.array([True, True, True, False])

    found = memorisation_premium(asked_open.where(first), asked_blind.where(second))

    assert found.value == pytest.approx(1.0 - 0.5)
    assert found.n == 2
