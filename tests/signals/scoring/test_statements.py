from __future__ import annotations

import numpy as np

from tests.signals.scoring.made import make_statements


def test_vote_looks_as_far_as_the_median_of_those_who_answered() -> None:
    said = make_statements(
        [[1, 1, 0], [1, -1, 1], [0, 0, 0]], horizon_candles=[[4, 8, 0], [4, 8, 24], [0, 0, 0]]
    )

    assert said.vote_horizon_candles.tolist() == [6, 8, 0]
    assert said.answered.sum(axis=1).tolist() == [2, 3, 0]


def test_selection_keeps_rows_together() -> None:
    said = make_statements([[1, 1], [0, -1], [-1, -1]])

    kept = said.where(np.array([2, 0]))

    assert kept.snapshots.tolist() == ["s2", "s0"]
    assert kept.action.tolist() == [[-1, -1], [1, 1]]
    assert len(kept) == 2
    assert kept.voters == ("a", "b")
