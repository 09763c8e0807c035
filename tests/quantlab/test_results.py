from __future__ import annotations

import pandas as pd
import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair
from proratio_quantlab.results import BacktestResult, ResultStore
from tests.quantlab.made import equity_of, result_of, specification_of, trade_of


def assert_same(found: BacktestResult | None, expected: BacktestResult) -> None:
    assert found is not None
    pd.testing.assert_frame_equal(found.equity, expected.equity)
    assert found.specification == expected.specification
    assert found.trades == expected.trades
    assert found.metrics == expected.metrics
    assert found.run_hash == expected.run_hash
    assert found.simulated == expected.simulated


def test_a_stored_result_is_read_back_to_the_last_bit(database: Database) -> None:
    result = result_of(profits=(0.1 + 0.2, -1 / 3, 1e-17, 12345.678901234567))
    store = ResultStore(database)

    store.save(result)

    assert_same(store.find(result.specification.hash), result)


def test_refusals_are_kept_the_most_frequent_rule_first(database: Database) -> None:
    made = result_of()
    result = BacktestResult.of(
        made.specification, made.trades, made.equity, refusals={"heat": 9, "correlation": 14}
    )
    ResultStore(database).save(result.charged(0.5))
    found = ResultStore(database).find(result.specification.hash)
    assert found is not None
    assert list(found.refusals.items()) == [("correlation", 14), ("heat", 9)]
    assert found.run_hash == made.run_hash


def test_result_from_before_there_were_refusals_is_read(database: Database) -> None:
    result = result_of()
    ResultStore(database).save(result)
    assert "risk_profile" not in result.specification.to_json()
    found = ResultStore(database).find(result.specification.hash)
    assert found is not None
    assert found.refusals == {}
    assert found.worst_losses.planned_frac is None


def test_a_run_without_trades_is_kept_too(database: Database) -> None:
    result = result_of(profits=(), exchange="simulated")
    ResultStore(database).save(result)

    found = ResultStore(database).find(result.specification.hash)

    assert_same(found, result)
    assert found is not None
    assert found.simulated


def test_a_specification_never_run_has_no_result(database: Database) -> None:
    assert ResultStore(database).find("0" * 64) is None


def test_a_repeated_run_replaces_the_one_before(database: Database) -> None:
    store = ResultStore(database)
    store.save(result_of(profits=(1.0,)))
    again = result_of(profits=(2.0,))

    store.save(again)

    assert len(store.recent()) == 1
    assert_same(store.find(again.specification.hash), again)


def test_recent_gives_the_newest_first_and_no_more_than_asked(database: Database) -> None:
    store = ResultStore(database)
    for strategy in ("One", "Two", "Three"):
        store.save(result_of(strategy=strategy))

    found = [result.specification.strategy for result in store.recent(2)]

    assert found == ["Three", "Two"]


def test_the_order_in_which_trades_are_handed_in_does_not_matter() -> None:
    trades = [trade_of(1.0, day=0), trade_of(2.0, day=1)]
    equity = equity_of([1001.0, 1003.0])

    one = BacktestResult.of(specification_of(), trades, equity)
    other = BacktestResult.of(specification_of(), trades[::-1], equity)

    assert one.trades == other.trades
    assert one.run_hash == other.run_hash


def test_the_run_hash_tells_a_difference_in_the_last_bit() -> None:
    one = result_of(profits=(1.0,))
    other = result_of(profits=(1.0000000000000002,))

    assert one.run_hash != other.run_hash


def test_an_equity_curve_with_nan_is_never_a_result() -> None:
    with pytest.raises(DataError, match="finite"):
        BacktestResult.of(specification_of(), [], equity_of([1000.0, float("nan")]))


def test_what_votes_cost_is_kept_and_changes_the_figures_but_not_the_outcome(
    database: Database,
) -> None:
    free = result_of("consensus", profits=(5.0, -2.0))
    charged = free.charged(0.75)
    ResultStore(database).save(charged)

    assert_same(ResultStore(database).find(free.specification.hash), charged)
    assert charged.metrics.llm_cost_usd == 0.75
    assert charged.metrics.profit_after_llm_quote == pytest.approx(2.25)
    assert charged.metrics.profit_quote == free.metrics.profit_quote
    assert charged.run_hash == free.run_hash


def test_a_result_stored_before_there_were_costs_is_still_readable(database: Database) -> None:
    result = result_of()
    ResultStore(database).save(result)
    with database.transaction() as cursor:
        cursor.execute(
            "UPDATE backtest_run SET metrics = metrics - 'llm_cost_usd' - 'profit_after_llm_quote'"
        )

    assert_same(ResultStore(database).find(result.specification.hash), result)


def test_profit_in_another_currency_is_not_mixed_with_dollars() -> None:
    pairs = (Pair.parse("ETH/BTC"),)

    assert result_of(pairs=pairs).charged(0.5).metrics.profit_after_llm_quote is None
    assert result_of(pairs=pairs).metrics.profit_after_llm_quote == pytest.approx(3.0)
