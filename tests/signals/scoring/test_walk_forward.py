from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.scoring.walk_forward import walk_forward


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=200).map(sorted),
    st.integers(1, 50),
    st.integers(1, 8),
    st.integers(1, 30),
)
def test_no_fold_ever_learns_from_an_outcome_it_could_not_know(
    times: list[int], horizon: int, folds: int, fewest: int
) -> None:
    times_ms = np.array(times)
    seen: list[int] = []
    for past, future in walk_forward(times_ms, times_ms + horizon, folds=folds, fewest=fewest):
        assert len(past) >= fewest
        assert (times_ms[past] + horizon).max() <= times_ms[future].min()
        seen += future.tolist()

    assert seen == sorted(set(seen))
    assert not seen or seen[-1] == len(times) - 1


def test_folds_are_equal_stretches_of_time() -> None:
    times_ms = np.arange(1_200)

    found = list(walk_forward(times_ms, times_ms + 5, folds=12, fewest=50))

    assert [len(fold.future) for fold in found] == [100] * 11
    assert [len(fold.past) for fold in found] == [100 * k - 4 for k in range(1, 12)]


def test_nothing_is_learned_from_too_little_or_from_nothing() -> None:
    few = np.arange(100)

    assert list(walk_forward(few, few + 1)) == []
    assert list(walk_forward(few[:0], few[:0])) == []
