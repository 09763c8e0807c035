"""The grid in the real engine: steps, their sizes, and what they may cost together."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.results import BacktestResult
from proratio_tradehub.strategies import GridStrategy
from proratio_tradehub.strategies.rules import RULES, GridRule
from tests.freqtrade_home import FreqtradeHome

_BTC = Pair.parse("BTC/USDT")


class Grid(GridStrategy):
    """The shipped grid, outside its shell."""

    timeframe = "1h"
    stoploss = -0.05
    minimal_roi: dict[str, float] = {"0": 0.10}  # noqa: RUF012  # Freqtrade's form


@pytest.fixture(scope="module")
def result(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[BacktestResult]:
    """Backtest the grid on a market that swings by 8% and then falls through its floor."""
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        (_BTC,),
        Timeframe.H1,
        Timerange.parse("20240115-20240301"),
    )
    hours = 24 * 60
    swing = 4 * np.sin(np.arange(hours) * 2 * np.pi / 24)
    fall = np.maximum(0, np.arange(hours) - 1_200) * 0.2
    close = np.round((100 + swing - fall) / 100, 4)
    opens = np.concatenate((close[:1], close[:-1]))
    values = {
        "open": opens,
        "high": np.maximum(opens, close),
        "low": np.minimum(opens, close),
        "close": close,
        "volume": np.full(hours, 500_000.0),
    }
    start = to_ms(Timerange.parse("20240101-").start)  # type: ignore[arg-type]
    times = start + np.arange(hours, dtype=np.int64) * Timeframe.H1.ms
    key = SeriesKey("simulated", _BTC, Timeframe.H1)
    CandleStore(database).replace(key, make_frame(times, values))
    home.install()
    with BacktestRunner(home.user_data, database) as runner:
        yield runner.run(home.specification("Grid", profile=None))
    database.close()


def test_steps_are_bought_below_and_sold_together_above(result: BacktestResult) -> None:
    swings = [trade for trade in result.trades if trade.exit_reason == "exit_signal"]
    assert len(swings) > 3
    assert all(trade.profit_quote > 0 for trade in swings)


def test_all_steps_together_stake_no_more_than_one_entry_may(result: BacktestResult) -> None:
    wallet = 10_000.0
    for trade in result.trades:
        assert trade.stake_quote <= 0.05 * wallet
        wallet += trade.profit_quote
    assert max(trade.stake_quote for trade in result.trades) > 350.0  # three steps of 125 or so


def test_fall_through_the_floor_loses_the_stop_and_no_more(result: BacktestResult) -> None:
    lost = [trade for trade in result.trades if trade.profit_quote < 0]
    assert lost
    for trade in lost:
        assert trade.profit_frac > -(0.05 + 0.004 + 0.001)  # the stop, its costs, a price step


class Order:
    """A filled purchase of 100."""

    safe_price = 100.0
    stake_amount_filled = 100.0


class Position:
    """A trade as the callback sees it."""

    entry_side = "buy"

    def __init__(self, *, filled: int, has_open_orders: bool = False) -> None:
        self.filled, self.has_open_orders = filled, has_open_orders

    def select_filled_orders(self, side: str) -> list[Order]:
        return [Order()] * self.filled


def adjusted(trade: Any, **changes: Any) -> float | None:
    asked = {"trade": trade, "current_rate": 98.0, "min_stake": 10.0, "max_stake": 1_000.0}
    wished = inspect.unwrap(Grid.adjust_trade_position)  # before any limit
    stake: float | None = wished(Grid({}), **(asked | changes))
    return stake


def test_due_step_costs_what_the_first_did() -> None:
    assert adjusted(Position(filled=1)) == 100.0
    assert adjusted(Position(filled=2)) == 100.0
    assert adjusted(Position(filled=3)) is None


@pytest.mark.parametrize(
    ("position", "changes"),
    [
        (Position(filled=0), {}),
        (Position(filled=1, has_open_orders=True), {}),
        (Position(filled=1), {"max_stake": 99.0}),
        (Position(filled=1), {"min_stake": 101.0}),
        (Position(filled=4), {"current_rate": 50.0}),
    ],
)
def test_step_that_may_not_be_bought_is_not(position: Position, changes: dict[str, Any]) -> None:
    assert adjusted(position, **changes) is None


def test_step_that_cannot_be_judged_is_not_bought() -> None:
    assert Grid({}).adjust_trade_position(trade=None, current_rate=1.0) is None


def test_freqtrade_is_told_how_many_steps_may_follow() -> None:
    grid = RULES["Grid"]
    assert isinstance(grid, GridRule)
    assert Grid({}).max_entry_position_adjustment == grid.steps - 1 == 3
