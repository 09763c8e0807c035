"""Choices are made on the past only, and the tests add up to one wallet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from proratio_core.values import Timerange
from proratio_quantlab.laboratory import Laboratory, Trial
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.search_space import Axis, SearchSpace
from proratio_quantlab.walk_forward import (
    WindowResult,
    WindowTask,
    over,
    run_window,
    stability,
    stitched_equity,
    stitched_returns,
    walk_forward_efficiency,
)
from proratio_quantlab.windows import Window, WindowPlan, windows
from tests.freqtrade_home import FreqtradeHome
from tests.quantlab.made import result_of, specification_of
from tests.quantlab.trials import site_of

SPACE = SearchSpace.parse(["fast_candles=8,12,16", "slow_candles=30,40"])
CUT = WindowPlan(train_days=30, test_days=15, purge_candles=24)


@pytest.fixture
def laboratory(simulated_home: FreqtradeHome) -> Iterator[Laboratory]:
    with Laboratory(site_of(simulated_home)) as laboratory:
        yield laboratory


def task_of(home: FreqtradeHome, number: int = 1, **changes: object) -> WindowTask:
    window = windows(home.timerange, CUT, home.timeframe)[number - 1]
    base = home.specification("SimpleTestStrategy", profile=None)
    task = WindowTask(window, base, SPACE, SearchPlan(), Objective.PROFIT)
    return replace(task, **changes)  # type: ignore[arg-type]


def made(number: int, daily: list[float], fast: int | None = None) -> WindowResult:
    test = Timerange.parse("20240101-20240104")
    assert test.start is not None
    shift = timedelta(days=3 * (number - 1))
    span = Timerange(test.start + shift, test.start + shift + timedelta(days=3))
    chosen = None if fast is None else (("fast", fast),)
    return WindowResult(
        Window(number, test, span), chosen, None, None, np.array(daily), None, 0, 0, 0.0, 0.0
    )


def test_the_best_of_the_training_is_run_on_candles_after_it(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    task = task_of(simulated_home)

    found = run_window(laboratory, task)

    assert found.trained is not None
    assert found.tested is not None
    profits = {
        point: laboratory.trial(over(task.base, task.window.train).varied(dict(point)))
        for point in SPACE.points()
    }
    best = max(t.metrics.profit_frac for t in profits.values() if t.metrics is not None)
    assert found.trained.metrics is not None
    assert found.trained.metrics.profit_frac == best
    assert found.chosen is not None
    assert found.tested.specification.parameters == found.chosen
    assert found.trained.specification.timerange.end is not None
    gap = task.window.test.start - found.trained.specification.timerange.end  # type: ignore[operator]
    assert gap == timedelta(hours=25)  # 24 purged, and the end is a candle's open
    assert found.tested.specification.timerange.start == task.window.test.start
    assert len(found.daily) == 15
    assert found.tested.metrics is not None
    assert np.prod(1 + found.daily) - 1 == pytest.approx(found.tested.metrics.profit_frac)
    assert found.runs == 7
    assert 0 < found.engine_s < found.seconds


def test_a_window_run_again_runs_nothing_and_finds_the_same(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    task = task_of(simulated_home, plan=SearchPlan(trials=4, seed=2))
    first, second = run_window(laboratory, task), run_window(laboratory, task)

    assert second.runs == 0
    assert second.chosen == first.chosen
    np.testing.assert_array_equal(second.daily, first.daily)


def test_nothing_to_judge_means_nothing_is_traded(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    silent = SearchSpace.parse(["fast_candles=1500,1600"])

    found = run_window(laboratory, task_of(simulated_home, space=silent))

    assert (found.chosen, found.tested, found.around) == (None, None, None)
    assert not found.daily.any()
    assert len(found.daily) == 15


def test_a_space_in_which_everything_raises_is_a_value_too(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    found = run_window(
        laboratory, task_of(simulated_home, space=SearchSpace.parse(["nonsense=1,2"]))
    )
    assert (found.chosen, found.failed) == (None, 2)


def test_a_run_over_a_span_leaves_out_the_candle_at_its_end() -> None:
    run = over(specification_of(), Timerange.parse("20240101-20240201"))
    assert run.timerange.end is not None
    assert f"{run.timerange.end:%d %H}" == "31 23"


def test_tests_follow_each_other_in_one_wallet_whatever_order_they_come_in() -> None:
    later, earlier = made(2, [0.1, 0.0, 0.0]), made(1, [0.0, -0.5, 0.2])

    equity = stitched_equity([later, earlier], starting_balance=100.0)

    np.testing.assert_allclose(stitched_returns([later, earlier]), [0, -0.5, 0.2, 0.1, 0, 0])
    np.testing.assert_allclose(equity["equity_quote"], [100, 50, 60, 66, 66, 66])
    assert equity["date"].tolist() == list(pd.date_range("2024-01-02", periods=6, tz="UTC"))
    assert equity["date"].dtype == "datetime64[ms, UTC]"


def test_stability_is_the_distance_between_neighbouring_choices() -> None:
    axis = Axis("fast", (10, 20, 30, 40, 50))
    jumping = [made(n, [0.0] * 3, fast) for n, fast in enumerate((10, 50, 10), start=1)]

    assert stability(axis, jumping).step_frac == 1.0
    assert stability(axis, [made(1, [0], 10), made(2, [0], 10)]).step_frac == 0.0
    assert stability(axis, [made(1, [0], 10), made(2, [0])]).step_frac is None
    assert stability(axis, jumping).chosen == (10, 50, 10)


def test_choosing_at_random_moves_a_third_of_the_axis() -> None:
    random = np.random.default_rng(0)
    axis = Axis("fast", tuple(range(101)))
    walk = [made(n, [0.0], int(random.integers(101))) for n in range(3_000)]

    assert stability(axis, walk).step_frac == pytest.approx(1 / 3, abs=0.02)


def test_efficiency_compares_out_of_sample_with_in_sample() -> None:
    daily = [0.01, -0.005, 0.01]
    metrics = replace(result_of().metrics, sharpe=4.0)
    trained = Trial(specification_of(), metrics, np.array([0.1]))
    one = replace(made(1, daily, 10), trained=trained)
    out = float(np.mean(daily) / np.std(daily, ddof=1) * 365**0.5)

    assert walk_forward_efficiency([one]) == pytest.approx(out / 4.0)
    assert walk_forward_efficiency([made(1, daily)]) is None
    losing = replace(one, trained=replace(trained, metrics=replace(metrics, sharpe=-1.0)))
    assert walk_forward_efficiency([losing]) is None
