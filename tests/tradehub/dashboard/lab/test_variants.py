"""What stored runs tell of a search and of a walk."""

from __future__ import annotations

from proratio_core.values import Timerange
from proratio_tradehub.dashboard.lab.variants import Variant, axes_of, scores_over, steps_of

SPAN = "20240101-20240401"


def variant(span: str, sharpe: float | None = 1.0, **point: int) -> Variant:
    name = f"{span} {point}"
    return Variant(name, Timerange.parse(span), tuple(sorted(point.items())), sharpe)


def test_scores_are_those_of_one_span_and_the_newest_counts() -> None:
    known = [
        variant(SPAN, 2.0, fast=10),
        variant(SPAN, 1.0, fast=10),
        variant(SPAN, None, fast=20),
        variant(SPAN, 3.0),
        variant("20240401-20240501", 5.0, fast=30),
    ]
    assert scores_over(known, Timerange.parse(SPAN)) == {(("fast", 10),): 2.0}


def test_map_has_the_two_parameters_with_most_values_in_order() -> None:
    scores = {
        (("calm", 1), ("fast", fast), ("slow", slow)): float(fast)
        for fast in (20, 10)
        for slow in (60, 50, 40)
    }
    axes = axes_of(scores)
    assert axes is not None
    assert [(axis.name, axis.values) for axis in axes] == [
        ("slow", (40, 50, 60)),
        ("fast", (10, 20)),
    ]
    assert axes_of({(("fast", 1),): 1.0, (("fast", 2),): 2.0}) is None
    assert axes_of({}) is None


def test_step_is_a_choice_among_several_and_its_run_on_what_came_next() -> None:
    known = [
        *(variant(SPAN, 1.0, fast=fast) for fast in (10, 20)),
        variant("20240404-20240504", 0.5, fast=20),
        variant("20240410-20240420", 0.5, fast=20),  # overlaps the test before it
        variant("20240801-20240901", 0.5, fast=20),  # too late to be that training's test
        variant("20240402-20240503", 0.1, fast=30),  # was never tried before
    ]
    (step,) = steps_of(known)
    assert (step.trained.point, step.tested.timerange) == (
        (("fast", 20),),
        Timerange.parse("20240404-20240504"),
    )
