"""Processes that do jobs: how many, whose they are, and what happens when one dies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proratio_core.errors import TransientError
from proratio_quantlab.laboratory import Site
from proratio_quantlab.workforce import LocalWorkforce, WorkerDiedError, local_workers
from tests.quantlab.trials import die_on_three, own_pid, refuse, square


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Site:
    return Site(tmp_path, database_url, "binance")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_done_once(site: Site, workers: int) -> None:
    done = LocalWorkforce(workers).run(square, range(20), site=site)
    assert sorted(done) == [number**2 for number in range(20)]


def test_one_worker_is_this_process_unless_it_is_to_be_apart(site: Site) -> None:
    assert set(LocalWorkforce(1).run(own_pid, range(3), site=site)) == {os.getpid()}
    others = set(LocalWorkforce(1, apart=True).run(own_pid, range(3), site=site))
    assert os.getpid() not in others


def test_a_killed_worker_is_noticed(site: Site) -> None:
    with pytest.raises(WorkerDiedError, match="killed"):
        list(LocalWorkforce(2).run(die_on_three, range(6), site=site))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_job_raises_is_raised_here(site: Site, workers: int) -> None:
    with pytest.raises(TransientError, match="the disk is full"):
        list(LocalWorkforce(workers).run(refuse, range(3), site=site))


def test_this_machine_has_workers() -> None:
    assert 1 <= local_workers() <= (os.cpu_count() or 1)


def test_a_site_shows_no_password() -> None:
    assert "secret" not in repr(Site(Path("u"), "postgresql://me:secret@host/db", "binance"))
