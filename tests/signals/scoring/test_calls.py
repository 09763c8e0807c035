from __future__ import annotations

import numpy as np

from tests.signals.scoring.made import HOUR_MS, make_calls


def test_a_hit_is_a_move_in_the_called_direction() -> None:
    calls = make_calls([1, 1, -1, -1, 0, 0], [0.1, -0.1, -0.1, 0.1, 0.1, 0.0])

    assert calls.hits.tolist() == [1, 0, 1, 0, 0, 0]
    assert calls.directional.tolist() == [True] * 4 + [False] * 2


def test_a_price_that_did_not_move_is_a_miss() -> None:
    assert make_calls([1, -1], [0.0, 0.0]).hits.tolist() == [0, 0]


def test_reach_is_that_of_nearly_all_opinions_and_not_of_the_oddest() -> None:
    calls = make_calls([1] * 100, [0.1] * 100, horizon=24)
    odd = calls.resolved_ms.copy()
    odd[0] += 1_000 * HOUR_MS

    assert make_calls([1] * 100, [0.1] * 100, resolved_ms=odd).reach_ms == 24 * HOUR_MS
    assert make_calls([], []).reach_ms == 1


def test_selection_takes_every_column_along() -> None:
    calls = make_calls([1, 0, -1], [0.1, 0.2, 0.3], confidence=[0.1, 0.2, 0.3])

    kept = calls.where(np.array([True, False, True]))

    assert len(kept) == 2
    assert kept.action.tolist() == [1, -1]
    assert kept.return_frac.tolist() == [0.1, 0.3]
    assert kept.confidence.tolist() == [0.1, 0.3]
