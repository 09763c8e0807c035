"""A search finds what is there, repeats itself, and needs no memory but the scores."""

from __future__ import annotations

from collections.abc import Sequence

from proratio_quantlab.optimisation import SearchPlan, search
from proratio_quantlab.search_space import Point, SearchSpace

SPACE = SearchSpace.parse(["a=0:19:1", "b=0:19:1"])


def hill(points: Sequence[Point]) -> list[float]:
    """Score points by their distance from (13, 4)."""
    return [-float((dict(p)["a"] - 13) ** 2 + (dict(p)["b"] - 4) ** 2) for p in points]  # type: ignore[operator]


def test_a_whole_search_tries_every_point_once_in_order() -> None:
    small = SearchSpace.parse(["a=1,2", "b=3,4"])
    asked: list[Point] = []

    def note(points: Sequence[Point]) -> list[float]:
        asked.extend(points)
        return hill(points)

    assert list(search(small, SearchPlan(), note)) == list(small.points()) == asked
    assert len(search(small, SearchPlan(trials=100), hill)) == 4


def test_a_bayesian_search_comes_nearer_than_as_many_points_at_random_would() -> None:
    found = search(SPACE, SearchPlan(trials=60, seed=1), hill)

    assert len(found) <= 60
    assert max(found.values()) >= -2  # of 400 points, 9 lie so near: chance alone has 60 tries
    late = list(found.values())[-20:]
    early = list(found.values())[:20]
    assert sum(late) > sum(early)


def test_the_same_seed_goes_the_same_way_and_another_does_not() -> None:
    plan = SearchPlan(trials=24, seed=3)

    assert list(search(SPACE, plan, hill)) == list(search(SPACE, plan, hill))
    assert list(search(SPACE, SearchPlan(24, seed=4), hill)) != list(search(SPACE, plan, hill))


def test_no_point_is_evaluated_twice() -> None:
    asked: list[Point] = []

    def note(points: Sequence[Point]) -> list[float]:
        asked.extend(points)
        return hill(points)

    search(SearchSpace.parse(["a=0:5:1", "b=4,5"]), SearchPlan(trials=11), note)

    assert len(asked) == len(set(asked))


def test_how_many_are_tried_is_known_beforehand() -> None:
    assert SearchPlan(30).count(SPACE) == 30
    assert SearchPlan(1_000).count(SPACE) == SearchPlan().count(SPACE) == 400
    assert SearchPlan(400).is_whole(SPACE)
    assert not SearchPlan(399).is_whole(SPACE)
