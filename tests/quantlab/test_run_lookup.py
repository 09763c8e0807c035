from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timerange
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_quantlab.run_lookup import find_pair, find_run
from tests.quantlab.made import result_of

OTHER_RANGE = Timerange.parse("20230101-20240101")


@pytest.fixture
def runs(database: Database) -> tuple[BacktestResult, ...]:
    """Return four stored runs, oldest first."""
    made = (
        result_of("offline", strategy="Trend", profits=(1.0,)),
        result_of(None, strategy="Trend", profits=(2.0,)),
        result_of("offline", strategy="Reversion", profits=(3.0,)),
        result_of("offline", strategy="Reversion", profits=(4.0,), timerange=OTHER_RANGE),
    )
    for run in made:
        ResultStore(database).save(run)
    return made


def hash_of(run: BacktestResult) -> str:
    return run.specification.hash


def test_a_run_is_found_by_the_beginning_of_either_hash(
    database: Database, runs: tuple[BacktestResult, ...]
) -> None:
    for run in runs:
        for named in (hash_of(run), hash_of(run)[:10].upper(), run.run_hash[:12]):
            assert hash_of(find_run(database, named)) == hash_of(run)


def test_a_name_means_the_newest_run_of_it(
    database: Database, runs: tuple[BacktestResult, ...]
) -> None:
    assert hash_of(find_run(database, "Trend")) == hash_of(runs[1])
    assert hash_of(find_run(database, "Trend@offline")) == hash_of(runs[0])
    assert hash_of(find_run(database, "Trend@none")) == hash_of(runs[1])


def test_the_second_is_looked_for_on_the_candles_of_the_first(
    database: Database, runs: tuple[BacktestResult, ...]
) -> None:
    first, second = find_pair(database, "Trend@offline", "Reversion")

    assert (hash_of(first), hash_of(second)) == (hash_of(runs[0]), hash_of(runs[2]))
    assert hash_of(find_run(database, "Reversion")) == hash_of(runs[3])


def test_a_strategy_beside_itself_is_its_run_before(
    database: Database, runs: tuple[BacktestResult, ...]
) -> None:
    first, second = find_pair(database, "Trend", "Trend")

    assert (hash_of(first), hash_of(second)) == (hash_of(runs[1]), hash_of(runs[0]))


@pytest.mark.parametrize("named", ["Trent", "Trend@models", "abc", "ffffffffffff", ""])
def test_what_means_nothing_is_answered_with_what_there_is(
    database: Database, runs: tuple[BacktestResult, ...], named: str
) -> None:
    with pytest.raises(DataError, match="the newest are") as caught:
        find_run(database, named)

    assert f"'{named}'" in str(caught.value)
    assert f"{hash_of(runs[1])[:12]} Trend@none binance" in str(caught.value)


def test_an_empty_store_says_how_to_fill_it(database: Database) -> None:
    with pytest.raises(DataError, match="none is stored yet"):
        find_run(database, "Trend")


def test_a_beginning_of_two_hashes_is_no_answer(database: Database) -> None:
    store = ResultStore(database)
    twin = result_of("offline", strategy="Trend", profits=(1.0,))
    store.save(twin)
    store.save(result_of("offline", strategy="Reversion", profits=(1.0,)))

    with pytest.raises(DataError, match="more than one run begins with"):
        find_run(database, twin.run_hash[:12])
