"""What is due of an entry, whatever was filled, refused or late before."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.execution import Execution, Style, first_stake, is_over, next_stake

TWAP = Execution(Style.TWAP, slices=6, over_s=600.0)
EQUAL = (1 / 6,) * 6


def due(execution: Execution, spent: float, elapsed_s: float, *, min_stake: float = 5.0) -> float:
    return next_stake(
        execution, 600.0, spent=spent, elapsed_s=elapsed_s, shares=EQUAL, min_stake=min_stake
    )


def test_equal_slices_at_equal_intervals() -> None:
    assert first_stake(TWAP, 600.0, shares=EQUAL, min_stake=5.0) == pytest.approx(100.0)
    assert due(TWAP, 100.0, 99.0) == 0.0
    assert due(TWAP, 100.0, 100.0) == pytest.approx(100.0)
    assert due(TWAP, 500.0, 500.0) == pytest.approx(100.0)
    assert due(TWAP, 600.0, 600.0) == 0.0


def test_what_was_missed_is_made_up_for() -> None:
    assert due(TWAP, 100.0, 310.0) == pytest.approx(300.0)
    assert due(TWAP, 100.0, 3_600.0) == pytest.approx(500.0)


def test_slices_by_volume_are_as_large_as_their_shares() -> None:
    vwap = Execution(Style.VWAP, slices=3, over_s=30.0)
    shares = (0.5, 0.2, 0.3)
    assert first_stake(vwap, 100.0, shares=shares, min_stake=1.0) == pytest.approx(50.0)
    second = next_stake(vwap, 100.0, spent=50.0, elapsed_s=10.0, shares=shares, min_stake=1.0)
    third = next_stake(vwap, 100.0, spent=70.0, elapsed_s=20.0, shares=shares, min_stake=1.0)
    assert (second, third) == (pytest.approx(20.0), pytest.approx(30.0))


def test_an_iceberg_shows_the_next_part_whenever_it_is_asked() -> None:
    iceberg = Execution(Style.ICEBERG, slices=6, over_s=3_600.0)
    assert first_stake(iceberg, 600.0, shares=EQUAL, min_stake=5.0) == pytest.approx(100.0)
    assert due(iceberg, 100.0, 1.0) == pytest.approx(100.0)
    assert due(iceberg, 550.0, 2.0) == pytest.approx(50.0)


def test_a_slice_too_small_for_the_exchange_waits_for_the_next() -> None:
    assert first_stake(TWAP, 600.0, shares=EQUAL, min_stake=150.0) == pytest.approx(150.0)
    assert due(TWAP, 150.0, 100.0, min_stake=150.0) == 0.0
    assert due(TWAP, 150.0, 200.0, min_stake=150.0) == pytest.approx(150.0)
    assert first_stake(TWAP, 600.0, shares=EQUAL, min_stake=400.0) == 600.0  # no rest of 200


def test_it_is_over_two_intervals_or_two_candles_late() -> None:
    assert not is_over(TWAP, 800.0, candle_s=60.0)
    assert is_over(TWAP, 801.0, candle_s=60.0)
    assert not is_over(TWAP, 7_800.0, candle_s=3_600.0)


@given(
    style=st.sampled_from([Style.TWAP, Style.VWAP, Style.ICEBERG]),
    slices=st.integers(2, 30),
    whole=st.floats(10.0, 1e6),
    min_frac=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**32),
)
def test_never_more_than_the_whole_never_a_slice_the_exchange_refuses_and_in_the_end_all(
    style: Style, slices: int, whole: float, min_frac: float, seed: int
) -> None:
    chance = random.Random(seed)  # a test's
    execution = Execution(style, slices=slices, over_s=600.0)
    weights = [chance.random() + 0.01 for _ in range(slices)]
    shares = tuple(weight / sum(weights) for weight in weights)
    least = whole * min_frac
    spent = first_stake(execution, whole, shares=shares, min_stake=least)
    stakes = [spent]
    for elapsed_s in sorted(chance.uniform(0.0, 600.0) for _ in range(60)) + [600.0] * slices:
        stake = next_stake(
            execution, whole, spent=spent, elapsed_s=elapsed_s, shares=shares, min_stake=least
        )
        spent += stake
        stakes += [stake] if stake else []
        assert spent <= whole * (1 + 1e-9)
    assert all(stake >= least * (1 - 1e-9) for stake in stakes)
    assert spent == pytest.approx(whole)
