from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.inference import judge_selection
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.sensitivity import Sensitivity, sensitivity
from proratio_tradehub.cli.sweep_view import selection_line, spike_line

_POINT = (("a", 1),)


@pytest.mark.parametrize(
    ("kept", "words"),
    [(0.1, "SPIKE"), (0.9, "No spike"), (-0.4, "SPIKE")],
)
def test_a_spike_is_called_one(kept: float, words: str) -> None:
    assert words in spike_line(Sensitivity(_POINT, 2.0, 4, 1.0, (), kept))
    assert "edge of a" in spike_line(Sensitivity(_POINT, 2.0, 4, 1.0, ("a",), kept))


def test_too_few_neighbours_are_said_to_be_too_few() -> None:
    space = SearchSpace.parse(["a=1,2,3"])
    assert "Too few" in spike_line(sensitivity(space, {_POINT: 1.0}, _POINT))


def test_what_picking_the_best_explains_is_said_with_its_figures() -> None:
    returns = np.random.default_rng(1).normal(0.0, 0.01, (200, 8))
    found = judge_selection([f"a={number}" for number in range(8)], returns)
    line = selection_line(found)
    assert found.verdict in line
    assert f"SPA p = {found.superiority.spa:.2f}." in line
    returns[:, 3] += 0.01
    assert "a=3 is better than picking" in selection_line(
        judge_selection([f"a={number}" for number in range(8)], returns)
    )
