"""What was tried beside a run: other values of its parameters, and the spans that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proratio_core.values import Timerange
from proratio_quantlab.search_space import Axis, Point
from proratio_quantlab.specification import ParameterValue

__all__ = ["Step", "Variant", "axes_of", "scores_over", "steps_of"]

_LARGEST_GAP: Final = timedelta(days=31)
"""A test begins soon after its training: what is purged between them is hours or days."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A stored run of the same strategy, candles and gate.

    Parameters
    ----------
    hash
        Of its specification.
    timerange
        Its span.
    point
        What was set in the strategy, sorted by name.
    sharpe
        A year; None where it is not defined.
    """

    hash: str
    timerange: Timerange
    point: Point
    sharpe: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """A point chosen among several on one span, and its run on what came next."""

    trained: Variant
    tested: Variant


def scores_over(variants: Iterable[Variant], timerange: Timerange) -> dict[Point, float]:
    """Return the Sharpe ratio of each point tried over exactly one span, the newest of each."""
    scores: dict[Point, float] = {}
    for one in variants:  # the newest first
        if one.timerange == timerange and one.point and one.sharpe is not None:
            scores.setdefault(one.point, one.sharpe)
    return scores


def axes_of(scores: Mapping[Point, float]) -> tuple[Axis, Axis] | None:
    """Return the two parameters with most values, of those every point sets; None: fewer than two.

    Points that set other parameters than the best one does not belong to the same search.
    """
    names = [name for name, _ in max(scores, key=lambda point: scores[point])] if scores else []
    values = {
        name: sorted({dict(point)[name] for point in scores if name in dict(point)}, key=_order)
        for name in names
    }
    wide = sorted((name for name in names if len(values[name]) > 1), key=lambda n: -len(values[n]))
    if len(wide) < 2:
        return None
    rows, columns = (Axis(name, tuple(values[name])) for name in wide[:2])
    return rows, columns


def steps_of(variants: Sequence[Variant]) -> tuple[Step, ...]:
    """Return the steps of a walk forward, as far as stored runs tell, tests in order of time.

    A training is a span over which several points were tried; its test is the run of one of them
    that begins soon after it. Tests that overlap an earlier one are left out.
    """
    tried: dict[Timerange, dict[Point, Variant]] = {}
    for one in variants:
        if one.timerange.start is not None and one.timerange.end is not None:
            tried.setdefault(one.timerange, {}).setdefault(one.point, one)
    found = sorted(_steps(tried), key=lambda step: _start(step.tested))
    kept: list[Step] = []
    for step in found:
        if not kept or _start(step.tested) > _end(kept[-1].tested):
            kept.append(step)
    return tuple(kept)


def _steps(tried: Mapping[Timerange, Mapping[Point, Variant]]) -> Iterator[Step]:
    trainings = [points for points in tried.values() if len(points) > 1]
    for points in tried.values():
        if len(points) != 1:
            continue
        (tested,) = points.values()
        before = [
            training[tested.point]
            for training in trainings
            if tested.point in training
            and timedelta() <= _start(tested) - _end(training[tested.point]) <= _LARGEST_GAP
        ]
        if before:
            yield Step(max(before, key=_end), tested)


def _start(variant: Variant) -> datetime:
    start = variant.timerange.start
    if start is None:
        raise AssertionError("only spans with both ends are looked at")
    return start


def _end(variant: Variant) -> datetime:
    end = variant.timerange.end
    if end is None:
        raise AssertionError("only spans with both ends are looked at")
    return end


def _order(value: ParameterValue) -> tuple[bool, float, str]:
    """Return where a value stands among others: numbers by size, words by the alphabet."""
    if isinstance(value, str):
        return True, 0.0, value
    return False, float(value), ""
