"""A sweep finishes each run once, whatever happens to strategies and processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from proratio_quantlab.laboratory import Site
from proratio_quantlab.sweeps import Sweep, run_sweep
from proratio_quantlab.workforce import LocalWorkforce, WorkerDiedError
from tests.freqtrade_home import FreqtradeHome
from tests.quantlab.trials import UNSTEADY, grid, site_of


class ForbiddenWorkforce:
    workers = 1

    def run(self, _: Any, items: Iterable[Any], *, site: Site) -> Iterator[Any]:
        assert list(items) == []
        yield from ()


class MortalWorkforce(LocalWorkforce):
    """Takes some runs, finishes one of them, and dies, once."""

    def __init__(self) -> None:
        super().__init__(1)
        self.died = False

    def run(self, job: Any, items: Iterable[Any], *, site: Site) -> Iterator[Any]:
        if self.died:
            yield from super().run(job, items, site=site)
            return
        self.died = True
        taken = [item for item, _ in zip(items, range(3), strict=False)]
        yield from super().run(job, taken[:1], site=site)
        raise WorkerDiedError("killed")


@pytest.fixture
def unsteady(simulated_home: FreqtradeHome) -> Iterator[FreqtradeHome]:
    file = simulated_home.user_data / "strategies" / "Unsteady.py"
    file.write_text(UNSTEADY)
    yield simulated_home
    file.unlink()


def test_two_processes_give_what_one_gives_and_a_second_sweep_runs_nothing(
    simulated_home: FreqtradeHome,
) -> None:
    home, site = simulated_home, site_of(simulated_home)
    sweep = Sweep(tuple(grid(home, "SimpleTestStrategy", range(8, 12))))
    seen: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        seen.append((done, total))

    two = run_sweep(sweep, home.database, site=site, workforce=LocalWorkforce(2), progress=note)
    again = run_sweep(sweep, home.database, site=site, workforce=ForbiddenWorkforce())
    one = run_sweep(
        Sweep(sweep.specifications, fresh=True),
        home.database, site=site, workforce=LocalWorkforce(1),
    )  # fmt: skip

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (two.ran, two.reused, again.ran, again.reused) == (4, 0, 0, 4)
    assert [s.specification for s in two.summaries] == list(sweep.specifications)
    assert again.summaries == two.summaries
    assert [s.run_hash for s in one.summaries] == [s.run_hash for s in two.summaries]
    assert len({s.run_hash for s in two.summaries}) == 4


def test_a_strategy_that_raises_is_recorded_and_the_others_go_on(unsteady: FreqtradeHome) -> None:
    sweep = Sweep(tuple(grid(unsteady, "Unsteady", (12, 13, 15))))
    where = {"site": site_of(unsteady), "workforce": LocalWorkforce(1)}

    report = run_sweep(sweep, unsteady.database, **where)  # type: ignore[arg-type]

    assert len(report.summaries) == 2
    (failure,) = report.failures
    assert dict(failure.specification.parameters) == {"fast_candles": 13}
    assert "populate_exit_trend" in failure.error
    assert run_sweep(sweep, unsteady.database, **where).ran == 0  # type: ignore[arg-type]
    retried = Sweep(sweep.specifications, retry_failed=True)
    assert run_sweep(retried, unsteady.database, **where).ran == 1  # type: ignore[arg-type]


def test_a_run_that_kills_its_process_is_found_and_the_others_finish(
    unsteady: FreqtradeHome,
) -> None:
    sweep = Sweep(tuple(grid(unsteady, "Unsteady", (16, 14, 17, 18))))

    report = run_sweep(
        sweep, unsteady.database, site=site_of(unsteady), workforce=LocalWorkforce(2)
    )

    assert len(report.summaries) == 3
    (failure,) = report.failures
    assert dict(failure.specification.parameters) == {"fast_candles": 14}
    assert "killed" in failure.error


def test_a_worker_killed_from_outside_costs_no_run(simulated_home: FreqtradeHome) -> None:
    sweep = Sweep(tuple(grid(simulated_home, "SimpleTestStrategy", range(15, 20))))

    report = run_sweep(
        sweep,
        simulated_home.database,
        site=site_of(simulated_home),
        workforce=MortalWorkforce(),
    )

    assert len(report.summaries) == 5
    assert not report.failures
