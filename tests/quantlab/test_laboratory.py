"""One run at a time, each once, and what is kept of those that fail."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from proratio_core.errors import TransientError
from proratio_quantlab.laboratory import Laboratory
from proratio_quantlab.results import ResultStore
from proratio_quantlab.wallet import daily_returns
from tests.freqtrade_home import FreqtradeHome
from tests.quantlab.trials import UNSTEADY, grid, site_of


@pytest.fixture
def laboratory(simulated_home: FreqtradeHome) -> Iterator[Laboratory]:
    with Laboratory(site_of(simulated_home)) as laboratory:
        yield laboratory


@pytest.fixture
def unsteady(simulated_home: FreqtradeHome) -> Iterator[FreqtradeHome]:
    file = simulated_home.user_data / "strategies" / "Unsteady.py"
    file.write_text(UNSTEADY)
    yield simulated_home
    file.unlink()


def test_a_run_is_kept_and_never_repeated(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    (run,) = grid(simulated_home, "SimpleTestStrategy", (9,))

    first, second = laboratory.trial(run), laboratory.trial(run)

    assert (first.reused, second.reused) == (False, True)
    assert first.metrics == second.metrics
    assert first.engine_s > 0.0
    np.testing.assert_array_equal(first.daily, second.daily)
    stored = ResultStore(simulated_home.database).find(run.hash)
    assert stored is not None
    expected = daily_returns(stored.equity, starting_balance=run.starting_balance)
    np.testing.assert_array_equal(first.daily, expected)
    assert laboratory.result(run).run_hash == stored.run_hash
    assert not laboratory.trial(run, fresh=True).reused


def test_a_run_that_raises_is_a_failure_that_is_known(
    unsteady: FreqtradeHome, laboratory: Laboratory
) -> None:
    (run,) = grid(unsteady, "Unsteady", (13,))

    first, second = laboratory.trial(run), laboratory.trial(run)

    assert first.error is not None
    assert "populate_exit_trend" in first.error
    assert (second.error, second.reused) == (first.error, True)
    assert first.metrics is None
    assert not len(first.daily)


def test_a_full_disk_is_no_failure_of_the_run(
    simulated_home: FreqtradeHome, laboratory: Laboratory
) -> None:
    (run,) = grid(simulated_home, "SimpleTestStrategy", (10,))
    with simulated_home.database.transaction() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$; "
            "CREATE TRIGGER full_disk BEFORE INSERT ON backtest_run "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    try:
        with pytest.raises(TransientError, match="disk is full"):
            laboratory.trial(run)
    finally:
        with simulated_home.database.transaction() as cursor:
            cursor.execute("DROP FUNCTION full_disk CASCADE")

    assert not laboratory.trial(run).reused
