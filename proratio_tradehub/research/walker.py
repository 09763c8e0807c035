"""A walk forward from start to end: cut the windows, choose in each, judge what was never seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_core.values import Timerange
from proratio_quantlab.cross_validation import CrossValidation, cross_validate
from proratio_quantlab.inference import (
    Interval,
    Selection,
    SharpeEstimate,
    deflated_sharpe,
    judge_selection,
    mean_interval,
    sharpe_interval,
)
from proratio_quantlab.laboratory import Laboratory, Site
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.run_index import RunIndex
from proratio_quantlab.search_space import Point, SearchSpace
from proratio_quantlab.specification import Specification
from proratio_quantlab.sweeps import Sweep, run_sweep
from proratio_quantlab.walk_forward import (
    WindowResult,
    WindowTask,
    over,
    run_window,
    stitched_returns,
)
from proratio_quantlab.windows import Window, WindowPlan, windows
from proratio_quantlab.workforce import WorkerDiedError, Workforce
from proratio_signals.models import USER_FILE, load_models
from proratio_signals.profile import Profile
from proratio_signals.scoring.contamination import cutoff_of
from proratio_tradehub.backtesting import Backtester, BacktestRequest, Prepared
from proratio_tradehub.backtesting.gating import profile_for

__all__ = ["Arm", "WalkOutcome", "WalkRequest", "walk_forward"]

_MOST_VARIANTS: Final = 400
"""With more, the whole space is not run over all tests, and nothing is said about overfitting."""

_MOST_DEATHS: Final = 3

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """A walk forward as it is asked for.

    Parameters
    ----------
    base
        The run whose parameters are chosen; with `compare_ungated` its ungated twin walks too.
    space, plan, objective, drawdown_limit_frac
        What is tried in each window, how much of it, and what is looked for.
    cut
        Length and distance of the windows.
    """

    base: BacktestRequest
    space: SearchSpace
    plan: SearchPlan
    objective: Objective
    cut: WindowPlan
    drawdown_limit_frac: float = 0.10


@dataclass(frozen=True)
class Arm:
    """One walk forward: gated, or its ungated twin.

    Parameters
    ----------
    base
        The run whose parameters were chosen.
    windows
        What each window came to, in the order of time.
    daily
        Daily returns of all tests, one after the other, shape (days,).
    sharpe
        Their annual Sharpe ratio with its interval; None where undefined.
    deflated
        Probability that it is more than the best of all variants reaches by luck.
    selection
        The whole space over all the tests: overfitting and superiority; None for a space too
        large or too little to judge.
    paths
        Combinatorial purged cross-validation over the same; None likewise.
    """

    base: Specification
    windows: tuple[WindowResult, ...]
    daily: npt.NDArray[np.float64]
    sharpe: Interval | None
    deflated: float | None
    selection: Selection | None
    paths: CrossValidation | None


@dataclass(frozen=True)
class WalkOutcome:
    """What a walk forward came to.

    Parameters
    ----------
    prepared
        What was done before it.
    arms
        The walk asked for, and its ungated twin where that was asked for too.
    difference
        Mean of the daily returns of the first arm less those of the second; None without one.
    notes
        What limits what may be concluded.
    """

    prepared: Prepared
    arms: tuple[Arm, ...]
    difference: Interval | None
    notes: tuple[str, ...]


def walk_forward(
    request: WalkRequest,
    backtester: Backtester,
    settings: Settings,
    database: Database,
    *,
    workforce: Workforce,
    progress: Progress,
) -> WalkOutcome:
    """Return what the walk comes to; every backtest is stored as soon as it is there.

    Raises
    ------
    ConfigurationError, DataError, TransientError
        As for a backtest; also when no window fits between the models' training cutoff and the
        end of the candles.
    """
    profile = profile_for(request.base.strategy, request.base.profile, settings)
    span, notes = clean_span(request.base.timerange, profile, settings)
    span = within(span, backtester.stored(request.base))
    base = replace(request.base, timerange=span)
    cut = windows(span, request.cut, base.timeframe)
    prepared = backtester.prepare(base, list(request.space.points()))
    run = prepared.specification
    runs = [run, *([run.ungated()] if request.base.compare_ungated else [])]
    tasks = [(arm, window) for window in cut for arm in range(len(runs))]
    done: dict[tuple[int, int], WindowResult] = {}
    site = backtester.site
    finished = _finish(
        [(arm, _task(request, runs[arm], window)) for arm, window in tasks],
        site=site,
        workforce=workforce,
    )
    for count, (arm, result) in enumerate(finished, start=1):
        done[arm, result.window.number] = result
        progress("Walking forward", count / len(tasks))
    arms = []
    for arm, varied in enumerate(runs):
        results = tuple(done[arm, window.number] for window in cut)
        variants = _variants(
            request, over(varied, _tested(cut)), database, site=site, workforce=workforce,
            progress=progress,
        )  # fmt: skip
        arms.append(judge_arm(varied, results, variants))
    difference = None
    if len(arms) == 2:
        difference = mean_interval(arms[0].daily - arms[1].daily)
    return WalkOutcome(prepared, tuple(arms), difference, notes)


def within(wanted: Timerange, stored: Timerange) -> Timerange:
    """Return the part of a span for which there are candles.

    Raises
    ------
    DataError
        There are none in it.
    """
    start = max(filter(None, (wanted.start, stored.start)), default=None)
    end = min(filter(None, (wanted.end, stored.end)), default=None)
    if start is not None and end is not None and start >= end:
        raise DataError(
            f"there are no candles in {wanted}; what is stored of all pairs is {stored}"
        )
    return Timerange(start, end)


def clean_span(
    span: Timerange, profile: Profile | None, settings: Settings
) -> tuple[Timerange, tuple[str, ...]]:
    """Return the part of a span that no model of the profile can remember, and what to say of it.

    A training cutoff is a hard border: a window that reaches across it would choose by, or be
    judged by, votes on a past the model has read about.

    Raises
    ------
    DataError
        Nothing is left of the span, or the cutoff of a model is not known.
    """
    if profile is None or profile.is_rules:
        return span, ()
    cutoff = cutoff_of(profile, load_models(settings.user_data / USER_FILE))
    if cutoff.clean_from is None:
        raise DataError(f"no window can be clean: {cutoff.reason}")
    if span.start is not None and cutoff.clean_from <= span.start:
        return span, ()
    if span.end is not None and cutoff.clean_from >= span.end:
        raise DataError(
            f"{cutoff.reason}, {cutoff.clean_from:%Y-%m-%d}: everything before may be remembered, "
            f"and {span} ends before it. Walk the ungated strategy (--profile none) or later "
            "candles"
        )
    note = (
        f"The walk begins at {cutoff.clean_from:%Y-%m-%d}: {cutoff.reason}, and votes on what came "
        "before may be memory."
    )
    return Timerange(cutoff.clean_from, span.end), (note,)


def judge_arm(
    base: Specification,
    results: Sequence[WindowResult],
    variants: tuple[Sequence[Point], npt.NDArray[np.float64]] | None,
) -> Arm:
    """Return the walk with everything that says how far to believe it.

    Parameters
    ----------
    base
        The run whose parameters were chosen.
    results
        The windows, in the order of time.
    variants
        Every point of the space and its daily returns over all the tests, shape (days, points);
        None where that was not run.
    """
    daily = stitched_returns(results)
    estimate = SharpeEstimate.of(daily)
    selection = paths = deflated = None
    if variants is not None:
        names = [", ".join(f"{name}={value}" for name, value in point) for point in variants[0]]
        with suppress(DataError):  # too few days to say anything
            selection = judge_selection(names, variants[1])
        with suppress(DataError):
            paths = cross_validate(variants[1])
    if selection is not None and estimate is not None:
        deflated = deflated_sharpe(estimate, selection.trials)
    return Arm(base, tuple(results), daily, sharpe_interval(daily), deflated, selection, paths)


def _task(request: WalkRequest, base: Specification, window: Window) -> WindowTask:
    return WindowTask(
        window, base, request.space, request.plan, request.objective, request.drawdown_limit_frac
    )


def _finish(
    tasks: Iterable[tuple[int, WindowTask]], *, site: Site, workforce: Workforce
) -> Iterator[tuple[int, WindowResult]]:
    """Yield each window as it is done; one whose worker died starts again where it was."""
    left = {(arm, task.window.number): (arm, task) for arm, task in tasks}
    deaths = 0
    while left:
        try:
            for arm, result in workforce.run(_walk_one, list(left.values()), site=site):
                del left[arm, result.window.number]
                deaths = 0
                yield arm, result
        except WorkerDiedError:
            deaths += 1
            if deaths == _MOST_DEATHS:
                raise


def _walk_one(laboratory: Laboratory, item: tuple[int, WindowTask]) -> tuple[int, WindowResult]:
    arm, task = item
    return arm, run_window(laboratory, task)


def _tested(cut: Sequence[Window]) -> Timerange:
    return Timerange(cut[0].test.start, cut[-1].test.end)


def _variants(
    request: WalkRequest,
    base: Specification,
    database: Database,
    *,
    site: Site,
    workforce: Workforce,
    progress: Progress,
) -> tuple[tuple[Point, ...], npt.NDArray[np.float64]] | None:
    """Run the whole space over all the tests; None when it is too large, or one point fails."""
    if request.space.size > _MOST_VARIANTS:
        return None
    runs = {point: base.varied(dict(point)) for point in request.space.points()}
    run_sweep(
        Sweep(tuple(runs.values())),
        database,
        site=site,
        workforce=workforce,
        progress=lambda done, total: progress("Running every variant over all tests", done / total),
    )
    daily = RunIndex(database).daily_returns([run.hash for run in runs.values()])
    points = tuple(point for point, run in runs.items() if run.hash in daily)
    if len(points) < 2:
        return None
    days = max(len(daily[runs[point].hash]) for point in points)
    table = np.zeros((days, len(points)))
    for column, point in enumerate(points):
        returns = daily[runs[point].hash]
        table[: len(returns), column] = returns
    return points, table
