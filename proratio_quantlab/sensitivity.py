"""What becomes of an optimum one step away from it. Pure.

A parameter that is right for a reason is nearly right next door. An optimum that stands alone has
found the noise of its own past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.search_space import Axis, Point, SearchSpace

__all__ = ["Sensitivity", "best_point", "score_map", "sensitivity"]

_FEWEST_NEIGHBOURS: Final = 2
_FEWEST_OTHERS: Final = 3
_SPIKE_FRAC: Final = 0.5
"""A spike loses more than half of its lead over the ordinary point one step away."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """An optimum and what surrounds it.

    Parameters
    ----------
    point, score
        The optimum.
    neighbours
        How many points one step away were tried.
    near
        Median of their scores; None without any.
    edges
        Parameters of which the optimum has the first or the last value tried, out of three or more:
        what is better may lie beyond.
    kept_frac
        Which part of the optimum's lead over the points further away (their median) its neighbours
        keep: 1 on a plateau, 0 where one step away is like anywhere; None where too little was
        tried to say.
    """

    point: Point
    score: float
    neighbours: int
    near: float | None
    edges: tuple[str, ...]
    kept_frac: float | None

    @property
    def is_spike(self) -> bool:
        """Whether the optimum stands alone."""
        return self.kept_frac is not None and self.kept_frac < 1 - _SPIKE_FRAC


def best_point(scores: Mapping[Point, float]) -> Point:
    """Return the point with the highest score, the first tried among equals.

    Raises
    ------
    DataError
        Nothing was tried.
    """
    if not scores:
        raise DataError("nothing was tried, so nothing is best")
    return max(scores, key=lambda point: scores[point])


def sensitivity(space: SearchSpace, scores: Mapping[Point, float], point: Point) -> Sensitivity:
    """Return how much of its lead `point` keeps one step away, along and across the axes.

    Parameters
    ----------
    space
        What could be tried.
    scores
        What was tried, `point` included.
    point
        The optimum.
    """
    near_by = {near for near in space.neighbours(point) if near in scores}
    around = [scores[near] for near in near_by]
    others = [value for at, value in scores.items() if at != point and at not in near_by]
    near = float(np.median(around)) if around else None
    kept = None
    if near is not None and len(around) >= _FEWEST_NEIGHBOURS and len(others) >= _FEWEST_OTHERS:
        ordinary = float(np.median(others))
        lead = scores[point] - ordinary
        kept = (near - ordinary) / lead if lead > 0 else None
    return Sensitivity(point, scores[point], len(around), near, _edges(space, point), kept)


def score_map(
    rows: Axis, columns: Axis, scores: Mapping[Point, float], *, through: Point
) -> npt.NDArray[np.float64]:
    """Return the scores over two axes with the others held where `through` has them.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), in the order of the axes' values; NaN where nothing was tried.
    """
    held = {name: value for name, value in through if name not in (rows.name, columns.name)}
    table = np.full((len(rows.values), len(columns.values)), np.nan)
    for point, value in scores.items():
        at = dict(point)
        if all(at[name] == wanted for name, wanted in held.items()):
            table[rows.values.index(at[rows.name]), columns.values.index(at[columns.name])] = value
    return table


def _edges(space: SearchSpace, point: Point) -> tuple[str, ...]:
    chosen = dict(point)
    return tuple(
        axis.name
        for axis in space.axes
        if len(axis.values) > 2 and chosen[axis.name] in (axis.values[0], axis.values[-1])
    )
