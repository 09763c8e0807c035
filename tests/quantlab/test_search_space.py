from __future__ import annotations

import pytest

from proratio_core.errors import DataError
from proratio_quantlab.search_space import Axis, SearchSpace


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("fast=10,15,20", (10, 15, 20)),
        ("fast=10:20:5", (10, 15, 20)),
        ("fast=10:21:5", (10, 15, 20)),
        ("stop=-0.1:-0.02:0.04", (-0.1, -0.06, -0.02)),
        ("x=0:0.3:0.1", (0.0, 0.1, 0.2, 0.3)),
        ("fast=7", (7,)),
        ("mode = bold, plain ", ("bold", "plain")),
        ("on=true,false", (True, False)),
    ],
)
def test_an_axis_is_read_as_a_person_writes_it(text: str, values: tuple[object, ...]) -> None:
    axis = Axis.parse(text)

    assert axis.values == values
    assert [type(value) for value in axis.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    "text",
    ["fast", "fast=", "=1,2", "fast=1,,2", "fast=1:2", "fast=2:1:1", "fast=1:2:0", "fast=a:b:c",
     "fast=0:1:0.00001", "fast=1,1", "fast=nan:1:1", "fast=true:3:1"],
)  # fmt: skip
def test_an_axis_that_means_nothing_is_refused_with_the_notation(text: str) -> None:
    with pytest.raises(DataError):
        Axis.parse(text)


def test_a_space_is_every_combination_the_last_axis_fastest() -> None:
    space = SearchSpace.parse(["a=1,2", "b=x,y,z"])

    points = list(space.points())

    assert space.size == len(points) == 6
    assert points[:3] == [(("a", 1), ("b", "x")), (("a", 1), ("b", "y")), (("a", 1), ("b", "z"))]
    assert space.point({"a": 1, "b": 0}) == (("a", 2), ("b", "x"))


def test_neighbours_are_one_step_away_and_end_at_the_border() -> None:
    space = SearchSpace.parse(["a=1,2,3,4", "b=1,2,3"])

    assert len(space.neighbours((("a", 2), ("b", 2)))) == 8
    corner = space.neighbours((("a", 1), ("b", 1)))
    assert set(corner) == {
        (("a", 1), ("b", 2)), (("a", 2), ("b", 1)), (("a", 2), ("b", 2)),
    }  # fmt: skip


def test_nothing_varied_or_one_thing_twice_is_refused() -> None:
    with pytest.raises(DataError, match="--param"):
        SearchSpace.parse([])
    with pytest.raises(DataError, match="twice"):
        SearchSpace.parse(["a=1,2", "a=3"])
