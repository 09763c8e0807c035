from __future__ import annotations

import pytest

from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.sensitivity import Sensitivity, sensitivity
from proratio_tradehub.cli.sweep_view import spike_line

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
