"""Finding good parameters: every combination, or those a Bayesian search proposes.

The search is a function of its seed and of the scores it is told, and scores are read from the
result store when they are known; so a search that was killed is simply run again, and goes through
its finished part without running anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import optuna

from proratio_quantlab.search_space import Point, SearchSpace

__all__ = ["Evaluate", "SearchPlan", "search"]

_AT_ONCE: Final = 4
"""Points proposed before their scores are known. It does not depend on the number of workers, so
that one worker and two find the same."""

Evaluate = Callable[[Sequence[Point]], Sequence[float]]
"""Scores some points, in their order."""


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """How a space is searched.

    Parameters
    ----------
    trials
        How many points are tried; None, or no fewer than there are, tries them all.
    seed
        Of the sampler.
    """

    trials: int | None = None
    seed: int = 0

    def is_whole(self, space: SearchSpace) -> bool:
        """Return whether every point of `space` is tried."""
        return self.trials is None or self.trials >= space.size

    def count(self, space: SearchSpace) -> int:
        """Return how many points are tried."""
        return space.size if self.trials is None else min(self.trials, space.size)


def search(space: SearchSpace, plan: SearchPlan, evaluate: Evaluate) -> Mapping[Point, float]:
    """Return the score of every point that was tried, the first tried first.

    Parameters
    ----------
    space
        What may be tried.
    plan
        How much of it, and how.
    evaluate
        Scores points; called with a few at a time. Higher is better; scores are finite.

    Notes
    -----
    The Bayesian search is Optuna's tree-structured Parzen estimator. Source: Bergstra et al.,
    "Algorithms for hyper-parameter optimization", NeurIPS 24, 2011. It may propose a point again;
    such a point is not evaluated twice, and counts as one of the trials.
    """
    if plan.is_whole(space):
        points = list(space.points())
        return dict(zip(points, evaluate(points), strict=True))
    return _bayesian(space, plan, evaluate)


def _bayesian(space: SearchSpace, plan: SearchPlan, evaluate: Evaluate) -> Mapping[Point, float]:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=plan.seed, constant_liar=True)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    places = {
        axis.name: optuna.distributions.IntDistribution(0, len(axis.values) - 1)
        for axis in space.axes
    }
    found: dict[Point, float] = {}
    left = plan.count(space)
    while left:
        asked = [study.ask(dict(places)) for _ in range(min(_AT_ONCE, left))]
        left -= len(asked)
        points = [space.point(trial.params) for trial in asked]
        new = [point for point in dict.fromkeys(points) if point not in found]
        found.update(zip(new, evaluate(new), strict=True))
        for trial, point in zip(asked, points, strict=True):
            study.tell(trial, found[point])
    return found
