"""Choose on the past, be judged on what came next, window after window.

Each window is one job: it searches the parameters on its training candles and runs the best of them
on its test candles. Windows do not know of each other, so they run in any order, on any machine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.values import Timerange
from proratio_quantlab.laboratory import Laboratory, Trial
from proratio_quantlab.objectives import WORST, Objective, score
from proratio_quantlab.optimisation import SearchPlan, search
from proratio_quantlab.ratios import sharpe_ratio
from proratio_quantlab.search_space import Axis, Point, SearchSpace
from proratio_quantlab.sensitivity import Sensitivity, best_point, sensitivity
from proratio_quantlab.specification import Specification
from proratio_quantlab.windows import Window

__all__ = [
    "Stability",
    "WindowResult",
    "WindowTask",
    "over",
    "run_window",
    "stability",
    "stitched_equity",
    "stitched_returns",
    "walk_forward_efficiency",
]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WindowTask:
    """One window and what is to be searched in it.

    Parameters
    ----------
    window
        Training and test.
    base
        The run whose parameters are varied; its time range is replaced by the window's.
    space, plan, objective, drawdown_limit_frac
        What is tried, how much of it, and what is looked for.
    """

    window: Window
    base: Specification
    space: SearchSpace
    plan: SearchPlan
    objective: Objective
    drawdown_limit_frac: float = 0.10


@dataclass(frozen=True)
class WindowResult:
    """What one window came to.

    Parameters
    ----------
    window
        Training and test.
    chosen
        The best point of the training; None when nothing there could be judged.
    trained, tested
        That point's run on the training and on the test; None without one.
    daily
        The wallet's daily returns over the test, shape (test days,); zeros without a choice.
    around
        How steep the optimum was; None without one.
    failed
        How many points raised.
    runs
        How many backtests were run now, the test included.
    engine_s, seconds
        Time inside Freqtrade's backtests, and all of it.
    """

    window: Window
    chosen: Point | None
    trained: Trial | None
    tested: Trial | None
    daily: _Floats
    around: Sensitivity | None
    failed: int
    runs: int
    engine_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Stability:
    """How much one parameter's choice moved from window to window.

    Parameters
    ----------
    name
        The parameter.
    chosen
        Its value in each window that chose.
    step_frac
        Mean distance between neighbouring windows' choices, in parts of the whole axis: 0 never
        moved, about 1/3 is what choosing at random does.
    """

    name: str
    chosen: tuple[object, ...]
    step_frac: float | None


def over(specification: Specification, span: Timerange) -> Specification:
    """Return the run over exactly the candles of a half-open span.

    Freqtrade takes the candle at the end of its time range too, so that ends one candle earlier.
    """
    candle = timedelta(milliseconds=specification.timeframe.ms)
    last = None if span.end is None else span.end - candle
    return replace(specification, timerange=Timerange(span.start, last))


def run_window(laboratory: Laboratory, task: WindowTask) -> WindowResult:
    """Search the training, run the best point on the test.

    Raises
    ------
    TransientError
        The database is away or its disk is full; what was run is kept.
    """
    began = time.perf_counter()
    training, testing = (over(task.base, span) for span in (task.window.train, task.window.test))
    trials: dict[Point, Trial] = {}

    def evaluate(points: Sequence[Point]) -> list[float]:
        for point in points:
            trials[point] = laboratory.trial(training.varied(dict(point)))
        return [_score(trials[point], task) for point in points]

    scores = search(task.space, task.plan, evaluate)
    chosen = best_point(scores)
    judged = scores[chosen] > WORST
    tested = laboratory.trial(testing.varied(dict(chosen))) if judged else None
    done = [*trials.values(), *([tested] if tested is not None else [])]
    return WindowResult(
        window=task.window,
        chosen=chosen if judged else None,
        trained=trials[chosen] if judged else None,
        tested=tested,
        daily=_folded(tested, task.window.test_days),
        around=sensitivity(task.space, scores, chosen) if judged else None,
        failed=sum(trial.error is not None for trial in done),
        runs=sum(not trial.reused for trial in done),
        engine_s=sum(trial.engine_s for trial in done),
        seconds=time.perf_counter() - began,
    )


def stitched_returns(results: Sequence[WindowResult]) -> _Floats:
    """Return the daily returns of the tests, one after the other, shape (days,)."""
    ordered = sorted(results, key=lambda result: result.window.number)
    return np.concatenate([result.daily for result in ordered]) if ordered else np.empty(0)


def stitched_equity(results: Sequence[WindowResult], *, starting_balance: float) -> pd.DataFrame:
    """Return the wallet as if each test had begun with what the one before left.

    Returns
    -------
    pandas.DataFrame
        `date` (datetime64[ms, UTC], the end of each test day) and `equity_quote`. Every position
        is closed, and its costs are paid, at the end of each window.
    """
    ordered = sorted(results, key=lambda result: result.window.number)
    first = [np.datetime64(str(result.window.test.start)[:10], "D") for result in ordered]
    days = [start + np.arange(1, len(r.daily) + 1) for start, r in zip(first, ordered, strict=True)]
    ends = np.concatenate(days).astype("datetime64[ms]")
    wallet = starting_balance * np.cumprod(1 + stitched_returns(ordered))
    return pd.DataFrame({"date": pd.DatetimeIndex(ends, tz="UTC"), "equity_quote": wallet})


def stability(axis: Axis, results: Sequence[WindowResult]) -> Stability:
    """Return how much the choice of one parameter moved from window to window."""
    ordered = sorted(results, key=lambda result: result.window.number)
    chosen = tuple(dict(r.chosen)[axis.name] for r in ordered if r.chosen is not None)
    places = np.array([axis.values.index(value) for value in chosen])
    if len(places) < 2 or len(axis.values) < 2:
        return Stability(axis.name, chosen, None)
    step = float(np.abs(np.diff(places)).mean()) / (len(axis.values) - 1)
    return Stability(axis.name, chosen, step)


def walk_forward_efficiency(results: Sequence[WindowResult]) -> float | None:
    """Return the tests' Sharpe ratio over the mean of the trainings'; None where undefined.

    Notes
    -----
    Source: Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd edition, 2008,
    chapter 11, there with annual profits.
    """
    inside = [
        result.trained.metrics.sharpe
        for result in results
        if result.trained is not None and result.trained.metrics is not None
    ]
    known = [value for value in inside if value is not None]
    outside = sharpe_ratio(stitched_returns(results))
    if outside is None or not known or np.mean(known) <= 0:
        return None
    return outside / float(np.mean(known))


def _score(trial: Trial, task: WindowTask) -> float:
    return score(
        trial.daily,
        0 if trial.metrics is None else trial.metrics.trades,
        task.objective,
        trials=task.plan.count(task.space),
        drawdown_limit_frac=task.drawdown_limit_frac,
    )


def _folded(trial: Trial | None, days: int) -> _Floats:
    """Return exactly `days` daily returns.

    The last position is closed at the very end of the test, which is the midnight of the next day:
    that row belongs to the last day. A wallet that was ruined earns nothing on the days left.
    """
    if trial is None:
        return np.zeros(days)
    daily = np.zeros(max(days, len(trial.daily)))
    daily[: len(trial.daily)] = trial.daily
    last = float(np.prod(1 + daily[days - 1 :]) - 1)
    return np.append(daily[: days - 1], last)
