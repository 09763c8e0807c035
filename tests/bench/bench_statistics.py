"""Bootstrap, overfitting, shuffles against the usual ways: run `tests.bench.bench_statistics`.

The stationary bootstrap of a Sharpe ratio, 10,000 resamples of 1,000 daily returns: ours, the
vectorised numpy of textbooks in chunks, and arch. Standard errors are compared with the exact one
before any time is: speed that costs correctness is worthless. Medians of `RUNS` runs in turns; only
ratios travel between machines. No numba and no other dependency beyond numpy is used for ours.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from arch.bootstrap import StationaryBootstrap
from rich.console import Console
from rich.table import Table

from proratio_quantlab.inference import (
    probability_of_overfitting,
    sharpe_interval,
    shuffle_trades,
)
from proratio_quantlab.inference.bootstrap import Resampler, block_length_of_ratios
from tests.quantlab.inference.test_bootstrap import exact_error_of_the_mean
from tests.quantlab.inference.test_overfitting import by_definition

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
DAYS, RESAMPLES = 1_000, 10_000
GOAL = 6.0
"""Times faster than chunked numpy, from `GOAL_BLOCK` on; below it the numpy figure, for free."""

GOAL_BLOCK = 10.0
ERROR_TOLERANCE = 0.0065

Floats = npt.NDArray[np.float64]


def textbook(returns: Floats, block: float, generator: np.random.Generator) -> Floats:
    """Resample whole series as positions, 250 at a time, and take each one's ratio."""
    days, chunk = len(returns), 250
    place = np.arange(days)
    drawn = np.empty(RESAMPLES)
    for done in range(0, RESAMPLES, chunk):
        start = generator.integers(0, days, (chunk, days))
        fresh = generator.random((chunk, days)) < 1 / block
        fresh[:, 0] = True
        last = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
        sample = returns[(np.take_along_axis(start, last, axis=1) + place - last) % days]
        drawn[done : done + chunk] = sample.mean(axis=1) / sample.std(axis=1, ddof=1)
    return drawn


def ours(returns: Floats, block: float) -> Floats:
    """Resample sums of blocks."""
    total, squares = Resampler(DAYS, block, RESAMPLES).totals(np.stack([returns, returns**2]))
    mean = total / DAYS
    drawn: Floats = mean / np.sqrt((squares - DAYS * mean**2) / (DAYS - 1))
    return drawn


def with_arch(returns: Floats, block: float) -> Floats:
    """Let arch resample, a call of Python each."""
    drawn: Floats = StationaryBootstrap(block, returns, seed=1).apply(
        lambda sample: sample.mean() / sample.std(ddof=1), RESAMPLES
    )
    return drawn[:, 0]


def medians_ms(ways: Sequence[Callable[[], object]]) -> list[float]:
    """Return the median time of each way, taken in turns."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(RUNS):
        for way, taken in zip(ways, times, strict=True):
            start = time.perf_counter()
            way()
            taken.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(taken) for taken in times]


def bench_bootstrap(table: Table, returns: Floats) -> bool:
    """Add a row for each block length; return whether the goal is reached."""
    reached = True
    for block in (1.0, 2.0, 5.0, 10.0, 20.0):
        mine, usual, archs = medians_ms((
            lambda block=block: ours(returns, block),
            lambda block=block: textbook(returns, block, np.random.default_rng(1)),
            lambda block=block: with_arch(returns, block),
        ))  # fmt: skip
        goal = GOAL if block >= GOAL_BLOCK else 1.0
        reached &= usual / mine >= goal
        table.add_row(
            f"bootstrap, mean block {block:g}",
            f"{mine:.1f}", f"{usual:.1f}", f"{usual / mine:.1f}x", f"{archs / mine:.1f}x",
            f"{goal:g}x",
        )  # fmt: skip
    return reached


def bench_others(table: Table) -> None:
    """Add rows for what has no goal of its own."""
    generator = np.random.default_rng(2)
    returns = generator.normal(0, 0.01, (500, 20))
    mine, usual = medians_ms((
        lambda: probability_of_overfitting(returns, blocks=10),
        lambda: by_definition(returns, 10),
    ))  # fmt: skip
    table.add_row(
        "overfitting, 252 splits of 20", f"{mine:.1f}", f"{usual:.1f}", f"{usual / mine:.1f}x",
        "", "",
    )  # fmt: skip
    profits = generator.normal(1, 20, 1_000)
    (mine,) = medians_ms((lambda: shuffle_trades(profits, starting_balance=1e4),))
    table.add_row("10,000 orders of 1,000 trades", f"{mine:.1f}", "", "", "", "")
    daily = generator.normal(0.001, 0.01, DAYS)
    (mine,) = medians_ms((lambda: sharpe_interval(daily),))
    table.add_row("a Sharpe ratio with interval, 1,000 days", f"{mine:.1f}", "", "", "", "")


def errors_are_exact(returns: Floats) -> bool:
    """Return whether resampled means spread as the theory of the method says, to 0.65%."""
    for block in (1.0, 2.0, 5.0, 20.0):
        drawn = Resampler(DAYS, block, 200_000).totals(returns[None])[0] / DAYS
        exact = exact_error_of_the_mean(returns, block)
        if not math.isclose(drawn.std(), exact, rel_tol=ERROR_TOLERANCE):
            return False
    return True


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    console = Console(width=110)
    returns = np.random.default_rng(1).standard_t(5, DAYS) * 0.02 + 0.001
    exact = errors_are_exact(returns)
    console.print(
        f"standard error within {ERROR_TOLERANCE:.2%} of the exact one: {'yes' if exact else 'NO'};"
        f" these returns ask for blocks of {block_length_of_ratios(returns):.1f}"
    )
    table = Table()
    for name in ("statistics", "ours, ms", "usual way, ms", "faster", "than arch", "goal"):
        table.add_column(name, justify="left" if name == "statistics" else "right")
    reached = bench_bootstrap(table, returns)
    bench_others(table)
    console.print(table)
    return 0 if exact and reached else 1


if __name__ == "__main__":
    sys.exit(main())
