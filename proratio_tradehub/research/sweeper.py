"""A sweep from start to end: prepare once, run what is missing, judge the best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_quantlab.inference import (
    Selection,
    SharpeEstimate,
    Trials,
    deflated_sharpe,
    judge_selection,
)
from proratio_quantlab.laboratory import Site
from proratio_quantlab.objectives import Objective, score
from proratio_quantlab.optimisation import SearchPlan, search
from proratio_quantlab.run_index import Failure, RunIndex, RunSummary
from proratio_quantlab.search_space import Point, SearchSpace
from proratio_quantlab.sensitivity import Sensitivity, best_point, sensitivity
from proratio_quantlab.specification import Specification
from proratio_quantlab.sweeps import Sweep, run_sweep
from proratio_quantlab.workforce import Workforce
from proratio_tradehub.backtesting import Backtester, BacktestRequest, Prepared

__all__ = ["SweepOutcome", "SweepRequest", "sweep"]

_MOST_POINTS: Final = 20_000
_DAYS_A_YEAR: Final = 365

_MOST_JUDGED: Final = 400
"""With more variants, resampling all of them together takes longer than is worth waiting for."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """A sweep as it is asked for.

    Parameters
    ----------
    base
        The run whose parameters are varied.
    space
        Which values of which parameters.
    plan
        All of it, or a Bayesian search.
    objective
        What the runs are ranked by, and searched for.
    drawdown_limit_frac
        For the objective that limits it.
    retry_failed
        Run again what failed before.
    """

    base: BacktestRequest
    space: SearchSpace
    plan: SearchPlan
    objective: Objective = Objective.SHARPE
    drawdown_limit_frac: float = 0.10
    retry_failed: bool = False


@dataclass(frozen=True)
class SweepOutcome:
    """What a sweep came to.

    Parameters
    ----------
    prepared
        The run whose parameters were varied, and what was done before it.
    ranking
        The runs that have a result, best first, each with its score.
    scores
        The score of every point tried, failures included.
    failures
        Runs that raised.
    ran, reused
        How many were run now, and how many had been before.
    best
        What surrounds the best point; None when every run failed.
    tried
        Distinct outcomes of this family over this span in the store, other sweeps included.
    deflated
        Probability that the best one's Sharpe ratio is more than luck, after all that was tried;
        None where it has no ratio.
    selection
        The variants of this sweep judged against each other by their Sharpe ratios, whatever the
        objective; None for a single one, for too many, or for too few days.
    """

    prepared: Prepared
    ranking: tuple[tuple[RunSummary, float], ...]
    scores: Mapping[Point, float]
    failures: tuple[Failure, ...]
    ran: int
    reused: int
    best: Sensitivity | None
    tried: int
    deflated: float | None
    selection: Selection | None


def sweep(
    request: SweepRequest,
    backtester: Backtester,
    database: Database,
    *,
    workforce: Workforce,
    progress: Progress,
) -> SweepOutcome:
    """Return what the sweep comes to; every result is stored as soon as it is there.

    Raises
    ------
    ConfigurationError, DataError, TransientError
        As for a backtest; also when the space has too many points to ask about.
    """
    if request.space.size > _MOST_POINTS:
        raise DataError(
            f"{request.space.size:,} combinations are too many to prepare; at most "
            f"{_MOST_POINTS:,}: vary fewer parameters, or in larger steps"
        )
    prepared = backtester.prepare(request.base, list(request.space.points()))
    evaluator = _Evaluator(
        request,
        prepared.specification,
        database,
        site=backtester.site,
        workforce=workforce,
        progress=progress,
    )
    scores = search(request.space, request.plan, evaluator)
    return _outcome(request, prepared, evaluator, scores=scores, index=RunIndex(database))


class _Evaluator:
    """Scores points by running them, and counts what that took."""

    def __init__(
        self,
        request: SweepRequest,
        base: Specification,
        database: Database,
        *,
        site: Site,
        workforce: Workforce,
        progress: Progress,
    ) -> None:
        self._request, self._base, self._database = request, base, database
        self._site, self._workforce, self._progress = site, workforce, progress
        self._index = RunIndex(database)
        self.ran = self.reused = 0
        self.summaries: dict[Point, RunSummary] = {}
        self.failures: list[Failure] = []

    def __call__(self, points: Sequence[Point]) -> list[float]:
        total, before = self._request.plan.count(self._request.space), self.ran + self.reused

        def report(done: int, _: int) -> None:
            self._progress("Sweeping", min((before + done) / total, 1.0))

        runs = {point: self._base.varied(dict(point)) for point in points}
        found = run_sweep(
            Sweep(
                tuple(runs.values()),
                fresh=self._request.base.fresh,
                retry_failed=self._request.retry_failed,
            ),
            self._database,
            site=self._site,
            workforce=self._workforce,
            progress=report,
        )
        self.ran += found.ran
        self.reused += found.reused
        self.failures += found.failures
        summaries = {summary.specification.hash: summary for summary in found.summaries}
        daily = self._index.daily_returns(summaries)
        scores = []
        for point, run in runs.items():
            summary = summaries.get(run.hash)
            if summary is not None:
                self.summaries[point] = summary
            scores.append(
                score(
                    daily.get(run.hash, np.empty(0)),
                    summary.metrics.trades if summary is not None else 0,
                    self._request.objective,
                    trials=total,
                    drawdown_limit_frac=self._request.drawdown_limit_frac,
                )
            )
        return scores


def _outcome(
    request: SweepRequest,
    prepared: Prepared,
    evaluator: _Evaluator,
    *,
    scores: Mapping[Point, float],
    index: RunIndex,
) -> SweepOutcome:
    ordered = sorted(evaluator.summaries, key=lambda point: -scores[point])
    base = prepared.specification
    tried = index.tried(base.family, base.timerange) / _DAYS_A_YEAR**0.5
    best, deflated = None, None
    if ordered:
        point = best_point({point: scores[point] for point in ordered})
        best = sensitivity(request.space, scores, point)
        name = evaluator.summaries[point].specification.hash
        estimate = SharpeEstimate.of(index.daily_returns([name])[name])
        deflated = deflated_sharpe(estimate, Trials.of(tried)) if estimate else None
    return SweepOutcome(
        prepared,
        tuple((evaluator.summaries[point], scores[point]) for point in ordered),
        scores,
        tuple(evaluator.failures),
        evaluator.ran,
        evaluator.reused,
        best,
        len(tried),
        deflated,
        _judge([evaluator.summaries[point].specification for point in ordered], index),
    )


def _judge(runs: Sequence[Specification], index: RunIndex) -> Selection | None:
    """Return what picking the best of these runs explains; None where nothing can be said."""
    if not 1 < len(runs) <= _MOST_JUDGED:
        return None
    daily = index.daily_returns([run.hash for run in runs])
    table = np.zeros((max(map(len, daily.values()), default=0), len(runs)))
    for column, run in enumerate(runs):
        returns = daily.get(run.hash, np.empty(0))
        table[: len(returns), column] = returns
    names = [", ".join(f"{name}={value}" for name, value in run.parameters) for run in runs]
    with suppress(DataError):  # too few days to say anything
        return judge_selection(names, table)
    return None
