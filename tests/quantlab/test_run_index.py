"""Looking runs up without loading what happened in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proratio_core.database import Database
from proratio_core.values import Pair, Timerange
from proratio_quantlab.results import ResultStore
from proratio_quantlab.run_index import Failure, RunIndex
from proratio_quantlab.wallet import daily_returns
from tests.quantlab.made import BALANCE, result_of, specification_of


@pytest.fixture
def index(database: Database) -> RunIndex:
    return RunIndex(database)


@pytest.fixture
def store(database: Database) -> ResultStore:
    return ResultStore(database)


def test_a_summary_is_the_run_without_trades_and_equity(
    index: RunIndex, store: ResultStore
) -> None:
    result = result_of(parameters=(("fast_candles", 10),))
    store.save(result)

    (summary,) = index.recent()

    assert summary.specification == result.specification
    assert summary.metrics == result.metrics
    assert summary.run_hash == result.run_hash
    assert index.find([result.specification.hash, "0" * 64]) == {result.specification.hash: summary}


def test_recent_gives_the_newest_first_and_no_more_than_asked(
    index: RunIndex, store: ResultStore
) -> None:
    for strategy in ("One", "Two", "Three"):
        store.save(result_of(strategy=strategy))

    assert [s.specification.strategy for s in index.recent(2)] == ["Three", "Two"]


def test_search_narrows_by_family_span_and_parameters(index: RunIndex, store: ResultStore) -> None:
    base = specification_of()
    other_span = Timerange.parse("20230101-20240101")
    for fast in (10, 12):
        store.save(result_of(parameters=(("fast_candles", fast), ("rsi_low", 30.0))))
    store.save(result_of(timerange=other_span))
    store.save(result_of(pairs=(Pair.parse("BTC/USDT"),)))

    assert len(index.search(family=base.family)) == 3
    assert len(index.search(family=base.family, limit=1)) == 1
    assert len(index.search(family=base.family, timerange=base.timerange)) == 2
    (found,) = index.search(family=base.family, parameters={"fast_candles": 12})
    assert dict(found.specification.parameters) == {"fast_candles": 12, "rsi_low": 30.0}
    assert not index.search(family=base.family, parameters={"fast_candles": 11})


def test_what_was_tried_counts_each_outcome_on_the_same_candles_once(
    index: RunIndex, store: ResultStore
) -> None:
    base = specification_of()
    results = [
        result_of(profits=(5.0, -2.0)),
        result_of(profits=(5.0, -2.0), code_hash="other"),  # the same outcome: no other trial
        result_of(profits=(1.0, -3.0), code_hash="third"),
        result_of(profits=(), parameters=(("fast_candles", 1),)),  # no trades: a trial of ratio 0
        result_of(profits=(9.0,), timerange=Timerange.parse("20230101-20240101")),
        result_of(profits=(9.0,), strategy="Another"),
    ]
    for result in results:
        store.save(result)

    tried = index.tried(base.family, base.timerange)

    expected = [results[0].metrics.sharpe, results[2].metrics.sharpe, 0.0]
    assert tried.tolist() == pytest.approx(sorted(expected))
    assert not len(index.tried("nobody", base.timerange))


def test_daily_returns_are_those_of_the_equity_to_the_last_bit(
    index: RunIndex, store: ResultStore
) -> None:
    result = result_of(profits=(0.1 + 0.2, -1 / 3))
    store.save(result)
    name = result.specification.hash

    found = index.daily_returns([name, "0" * 64])

    assert list(found) == [name]
    expected = daily_returns(result.equity, starting_balance=BALANCE)
    np.testing.assert_array_equal(found[name], expected)


def test_a_failure_is_kept_until_the_run_succeeds(index: RunIndex, store: ResultStore) -> None:
    result = result_of()
    specification = result.specification
    index.record_failure(Failure(specification, "first"))
    index.record_failure(Failure(specification, "OSError: no\0 answer"))

    assert index.failures([specification.hash]) == {
        specification.hash: Failure(specification, "OSError: no answer")
    }

    store.save(result)

    assert index.failures([specification.hash]) == {}


def test_a_row_of_an_earlier_version_is_found_and_counted(
    database: Database, index: RunIndex, store: ResultStore
) -> None:
    result = result_of()
    store.save(result)
    with database.transaction() as cursor:
        cursor.execute("UPDATE backtest_run SET outcome_hash = NULL, daily_returns = NULL")

    (summary,) = index.recent()

    assert summary.run_hash is None
    assert len(index.tried(result.specification.family, result.specification.timerange)) == 1
    assert index.daily_returns([result.specification.hash]) == {}


def test_a_family_tells_pairs_apart() -> None:
    base = specification_of()
    assert replace(base, pairs=base.pairs[::-1]).family != base.family
