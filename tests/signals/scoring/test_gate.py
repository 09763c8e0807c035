"""Golden values: counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_signals.scoring.gate import RivalGate, gate_excess, gate_record
from tests.signals.scoring.made import HOUR_MS, make_calls


def test_excess_is_the_return_beyond_as_many_entries_by_lot() -> None:
    # of four candles of one pair two are entered, so the lot enters half of each
    made = make_calls([1, 1, 0, -1], [0.02, 0.01, 0.03, -0.02])

    found = gate_record(made, ())

    expected = [0.5 * 0.02, 0.5 * 0.01, -0.5 * 0.03, -0.5 * -0.02]
    assert found.excess_frac == pytest.approx(expected)
    assert (found.questions, found.entries) == (4, 2)
    assert found.mean_excess_frac.value == pytest.approx(np.mean(expected))
    assert found.mean_excess_frac.low is None


def test_entering_everything_or_nothing_is_no_better_than_the_lot() -> None:
    for action in (1, 0, -1):
        made = make_calls([action] * 3, [0.1, -0.2, 0.3])
        assert gate_excess(made) == (0.0, 0.0, 0.0)


def test_pairs_have_lots_of_their_own_and_one_stretch_has_one_value() -> None:
    times = np.array([1, 1, 2, 2], np.int64) * HOUR_MS
    made = make_calls(
        [1, 1, 0, 1],
        [0.02, 0.05, 0.01, 0.07],
        times_ms=times,
        resolved_ms=times + HOUR_MS,
        series=[0, 1, 0, 1],
    )

    # the second pair is always entered: zero; the first at one of two
    assert gate_excess(made) == pytest.approx((0.5 * 0.02 / 2, -0.5 * 0.01 / 2))


def test_rivals_are_kept_beside_it() -> None:
    rival = RivalGate("other", (0.1, 0.2))
    made = make_calls([1], [0.1])

    assert gate_record(made, (rival,)).rivals == (rival,)
    assert made.reach_ms == HOUR_MS
