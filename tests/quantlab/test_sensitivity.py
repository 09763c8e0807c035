from __future__ import annotations

import math

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.sensitivity import best_point, score_map, sensitivity

SPACE = SearchSpace.parse(["a=0:8:1", "b=0:8:1"])
MIDDLE = (("a", 4), ("b", 4))


def scores_of(height: float, width: float) -> dict:
    return {
        point: height * math.exp(-sum((value - 4) ** 2 for _, value in point) / (2 * width**2))  # type: ignore[operator]
        for point in SPACE.points()
    }


def test_a_broad_hill_keeps_most_of_its_lead_next_door() -> None:
    found = sensitivity(SPACE, scores_of(1.0, 3.0), MIDDLE)

    assert (found.neighbours, found.is_spike) == (8, False)
    assert found.kept_frac is not None
    assert found.kept_frac > 0.8


def test_a_needle_is_called_a_spike() -> None:
    found = sensitivity(SPACE, scores_of(1.0, 0.4), MIDDLE)

    assert found.is_spike
    assert found.kept_frac == pytest.approx(0.0, abs=0.1)


def test_nothing_is_said_where_nothing_can_be_compared() -> None:
    alone = sensitivity(SPACE, {MIDDLE: 1.0}, MIDDLE)
    level = sensitivity(SPACE, dict.fromkeys(SPACE.points(), 1.0), MIDDLE)

    assert (alone.kept_frac, alone.near, alone.is_spike) == (None, None, False)
    assert (level.kept_frac, level.is_spike) == (None, False)
    small = SearchSpace.parse(["a=1,2,3", "b=1,2"])
    slope = {point: float(place) for place, point in enumerate(small.points())}
    assert sensitivity(small, slope, (("a", 3), ("b", 2))).kept_frac is None


def test_an_optimum_at_the_edge_of_what_was_tried_says_so() -> None:
    slope = {point: float(dict(point)["a"]) for point in SPACE.points()}  # type: ignore[arg-type]

    assert sensitivity(SPACE, slope, (("a", 8), ("b", 4))).edges == ("a",)
    assert sensitivity(SPACE, slope, MIDDLE).edges == ()


def test_the_best_point_is_the_first_of_equals_and_nothing_tried_has_none() -> None:
    assert best_point({(("a", 1),): 2.0, (("a", 2),): 2.0}) == (("a", 1),)
    with pytest.raises(DataError):
        best_point({})


def test_a_map_holds_the_other_parameters_where_the_best_has_them() -> None:
    space = SearchSpace.parse(["a=1,2", "b=1,2,3", "c=x,y"])
    scores = {point: float(n) for n, point in enumerate(space.points()) if n != 1}

    table = score_map(
        space.axes[0], space.axes[1], scores, through=(("a", 1), ("b", 1), ("c", "y"))
    )

    np.testing.assert_array_equal(table, [[np.nan, 3.0, 5.0], [7.0, 9.0, 11.0]])
