"""The same sweep on a Ray cluster on this machine, and what happens when one cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.errors import TransientError
from proratio_quantlab.ray_workforce import LOCAL, RayWorkforce, ray_workforce
from proratio_quantlab.sweeps import Sweep, run_sweep
from proratio_quantlab.workforce import LocalWorkforce, WorkerDiedError
from tests.freqtrade_home import FreqtradeHome
from tests.quantlab.trials import die_on_three, grid, refuse, site_of, square


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayWorkforce]:
    with ray_workforce(LOCAL, workers=2) as workforce:
        yield workforce


@pytest.mark.slow
def test_a_sweep_on_a_cluster_gives_what_this_machine_gives(
    simulated_home: FreqtradeHome, cluster: RayWorkforce
) -> None:
    home, site = simulated_home, site_of(simulated_home)
    runs = tuple(grid(home, "SimpleTestStrategy", range(8, 12)))

    here = run_sweep(Sweep(runs), home.database, site=site, workforce=LocalWorkforce(1))
    there = run_sweep(Sweep(runs, fresh=True), home.database, site=site, workforce=cluster)

    assert (here.ran, there.ran, there.failures) == (4, 4, ())
    assert [s.run_hash for s in there.summaries] == [s.run_hash for s in here.summaries]
    assert [s.metrics for s in there.summaries] == [s.metrics for s in here.summaries]
    assert len({s.run_hash for s in here.summaries}) == 4


@pytest.mark.slow
def test_what_a_job_raises_and_a_killed_worker_are_told_apart(
    simulated_home: FreqtradeHome, cluster: RayWorkforce
) -> None:
    site = site_of(simulated_home)

    assert sorted(cluster.run(square, range(9), site=site)) == [n * n for n in range(9)]
    with pytest.raises(TransientError, match="the disk is full"):
        list(cluster.run(refuse, range(3), site=site))
    with pytest.raises(WorkerDiedError):
        list(cluster.run(die_on_three, range(6), site=site))


def test_a_cluster_that_does_not_answer_is_one_error_at_once() -> None:
    with (
        pytest.raises(TransientError, match=r"at 127\.0\.0\.1:1.*ray start --head"),
        ray_workforce("127.0.0.1:1"),
    ):
        pass
