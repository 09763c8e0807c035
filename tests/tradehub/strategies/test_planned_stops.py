"""Stop plans in Freqtrade's own backtest engine: each trade ends where the pure path says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import talib

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_tradehub.risk import Side
from proratio_tradehub.risk.stops import StopPlan
from proratio_tradehub.strategies.planned_stops import PlannedStops
from tests.freqtrade_home import FreqtradeHome

_PAIRS = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
_FIXED_FRAC = 0.05
_TICK = 0.01
_PLANS = {
    "Fixed": {"distance_frac": 0.03},
    "Range": {"distance_frac": 0.05, "atr_multiple": 2.0},
    "Trailing": {"distance_frac": 0.05, "trailing_frac": 0.02, "trailing_from_frac": 0.01},
    "Following": {"distance_frac": 0.03, "trailing_frac": 0.02},
    "Even": {"distance_frac": 0.05, "break_even_from_frac": 0.01, "costs_frac": 0.004},
    "All": {
        "distance_frac": 0.05,
        "atr_multiple": 3.0,
        "trailing_frac": 0.015,
        "trailing_from_frac": 0.02,
        "break_even_from_frac": 0.01,
        "costs_frac": 0.004,
    },
}
_SHELLS = """
from datetime import timedelta

from proratio_tradehub.risk.stops import StopPlan
from proratio_tradehub.strategies import RuleStrategy
from tests.tradehub.strategies.every_candle import EveryCandle


class Planned(RuleStrategy):
    rule = EveryCandle()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.90}  # which no position reaches


class Timed(Planned):
    stops = StopPlan(distance_frac=0.05, longest=timedelta(hours=7))


class Broken(Planned):
    stops = StopPlan(distance_frac=0.05, trailing_frac=0.02)

    def move_stop(self, trade, now):
        raise ZeroDivisionError("a fault in the plan")


"""


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        _PAIRS,
        Timeframe.H1,
        Timerange.parse("20240120-20240320"),
    )
    stored = Timerange.parse("20240101-20240321")
    store_scenario(CandleStore(database), home.pairs, [Timeframe.H1], timerange=stored)
    home.install()
    shells = "".join(
        f"class {name}(Planned):\n    stops = StopPlan(**{plan!r})\n\n\n"
        for name, plan in _PLANS.items()
    )
    (home.user_data / "strategies" / "planned.py").write_text(_SHELLS + shells)
    yield home
    database.close()


@pytest.fixture(scope="module")
def runner(home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(home.user_data, home.database) as runner:
        yield runner


def trades_of(home: FreqtradeHome, runner: BacktestRunner, strategy: str) -> list[Any]:
    """Return the trades a stop or a time limit ended; those still open at the end say nothing."""
    result = runner.run(home.specification(strategy, profile=None))
    ended = [trade for trade in result.trades if trade.exit_reason != "force_exit"]
    assert len(ended) > 5
    return ended


def expected_end(plan: StopPlan, candles: pd.DataFrame, trade: Any) -> tuple[int, float]:
    """Return when, in ms, and at which price the pure path ends a long position."""
    entered = int(np.flatnonzero(open_times_ms(candles) == to_ms(trade.opened_at))[0])
    known = candles.iloc[:entered]  # nothing of the entry's own candle
    atr = talib.ATR(known["high"], known["low"], known["close"], 14).iloc[-1]
    held = candles.iloc[entered:]
    first = plan.first_stop(Side.LONG, trade.open_rate, atr)
    path = plan.path(Side.LONG, trade.open_rate, held["high"].to_numpy(), first_stop=first)
    path = np.ceil(path / _TICK - 1e-6) * _TICK  # an exchange knows no price between two ticks
    hit = int(np.flatnonzero(held["low"].to_numpy() <= path)[0])
    gapped = path[hit] > held["high"].iloc[hit]
    price = held["open"].iloc[hit] if gapped else path[hit]
    return int(open_times_ms(held)[hit]), float(price)


@pytest.mark.parametrize("strategy", _PLANS)
def test_trade_ends_in_the_candle_and_at_the_price_of_the_pure_path(
    home: FreqtradeHome, runner: BacktestRunner, strategy: str
) -> None:
    plan, store = StopPlan(**_PLANS[strategy]), CandleStore(home.database)  # type: ignore[arg-type]
    assert home.timerange.start is not None
    loaded = Timerange(home.timerange.start - timedelta(hours=150), None)
    candles = {str(key.pair): store.read(key, loaded) for key in home.keys}
    for trade in trades_of(home, runner, strategy):
        closed_ms, price = expected_end(plan, candles[str(trade.pair)], trade)
        assert to_ms(trade.closed_at) == closed_ms
        assert trade.close_rate == pytest.approx(price, abs=1e-6)
        assert trade.exit_reason in {"stop_loss", "trailing_stop_loss"}


def test_range_is_the_planned_loss_the_risk_profile_is_asked_with(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    strategy, data = runner.prepare(home.specification("Range", profile=None))
    frame = strategy.advise_indicators(data["BTC/USDT"], {"pair": "BTC/USDT"})
    strategy.advise_entry(frame, {"pair": "BTC/USDT"})
    row = len(frame) - 200
    now, price = frame["date"].iloc[row].to_pydatetime(), float(frame["open"].iloc[row])
    entry = strategy._entry("BTC/USDT", now, price, side="long", tag=None)
    known = frame.iloc[:row]
    atr = talib.ATR(known["high"], known["low"], known["close"], 14).iloc[-1]
    assert entry.stop_frac == pytest.approx(min(2.0 * atr / price, _FIXED_FRAC))
    assert entry.stop_frac < _FIXED_FRAC


def test_position_is_left_when_its_time_is_up(home: FreqtradeHome, runner: BacktestRunner) -> None:
    held = [
        trade.closed_at - trade.opened_at
        for trade in trades_of(home, runner, "Timed")
        if trade.exit_reason == "held too long"
    ]
    assert len(held) > 5
    assert set(held) == {timedelta(hours=7)}


def test_plan_that_raises_fails_a_backtest_instead_of_giving_a_result(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    with pytest.raises(ProratioError, match=r"Broken raised in move_stop \d+ times"):
        runner.run(home.specification("Broken", profile=None))


_OPENED = datetime(2024, 1, 2, 3, tzinfo=UTC)


class Trade:
    """A position as far as a stop plan looks at it; it records what it is told."""

    pair = "BTC/USDT"
    open_date_utc = _OPENED
    leverage = 1.0
    initial_stop_loss_pct: float | None = None

    def __init__(self, *, is_short: bool = False, stop: float | None = None) -> None:
        self.is_short, self.open_rate = is_short, 100.0
        self.max_rate, self.min_rate = 1e9, 1e-9
        self.stop_loss = 0.0
        if stop is not None:
            self.stop_loss, self.initial_stop_loss_pct = stop, -0.05

    def adjust_stop_loss(self, price: float, frac: float, *, allow_refresh: bool) -> None:
        assert frac >= 0.0
        self.is_first = allow_refresh
        self.stop_loss = price * (1.0 + (frac if self.is_short else -frac) / self.leverage)


def candles_of(high: list[float], low: list[float]) -> pd.DataFrame:
    """Return hourly candles, the first of which opens when the position is entered."""
    dates = pd.date_range(_OPENED, periods=len(high), freq="1h").as_unit("ms")
    columns: dict[str, npt.NDArray[np.float64]] = {
        "high": np.array(high),
        "low": np.array(low),
        "close": np.array(low),
    }
    return pd.DataFrame({"date": dates, **columns})


def moved(plan: StopPlan, trade: Trade, frame: pd.DataFrame, *, hours: float) -> float:
    stops = PlannedStops(plan, "1h")
    stops.remember(trade.pair, frame)
    stops.move(trade, _OPENED + timedelta(hours=hours), fixed_frac=_FIXED_FRAC)
    return trade.stop_loss


_TRAILING = StopPlan(distance_frac=0.2, trailing_frac=0.02)


@pytest.mark.parametrize(("hours", "stop"), [(0.0, 95.0), (0.99, 95.0), (1.0, 107.8), (2.0, 196.0)])
def test_candle_counts_from_its_close_on(hours: float, stop: float) -> None:
    frame = candles_of([110.0, 200.0], [99.0, 99.0])
    assert moved(_TRAILING, Trade(), frame, hours=hours) == pytest.approx(stop)


def test_short_follows_the_lows() -> None:
    frame = candles_of([101.0, 101.0], [90.0, 50.0])
    assert moved(_TRAILING, Trade(is_short=True), frame, hours=1.0) == pytest.approx(91.8)


def test_price_before_a_fill_inside_the_candle_moves_nothing() -> None:
    trade = Trade()
    trade.max_rate = 103.0
    assert moved(_TRAILING, trade, candles_of([110.0], [99.0]), hours=1.0) == pytest.approx(100.94)


@pytest.mark.parametrize("is_short", [False, True])
def test_stop_never_moves_away_and_the_fixed_one_always_stands(is_short: bool) -> None:
    sign = -1.0 if is_short else 1.0
    frame = candles_of([100.0], [100.0])
    wide = StopPlan(distance_frac=0.4)
    near = 100.0 - sign * 1.0
    assert moved(wide, Trade(is_short=is_short, stop=near), frame, hours=1.0) == near
    fresh = Trade(is_short=is_short)
    assert moved(wide, fresh, frame, hours=1.0) == pytest.approx(100.0 - sign * 5.0)
    assert fresh.is_first


def test_unknown_pair_or_candle_leaves_the_fixed_distance() -> None:
    stops = PlannedStops(StopPlan(distance_frac=0.04, atr_multiple=1.0), "1h")
    first = {"side": Side.LONG, "price": 100.0, "fixed_frac": _FIXED_FRAC}
    assert stops.first_stop("BTC/USDT", at=_OPENED, **first) == 96.0  # type: ignore[arg-type]
    ranged = candles_of([100.0], [100.0]).assign(stop_atr=1.0)
    stops.remember("BTC/USDT", ranged)
    for hours, stop in [(0.5, 96.0), (1.0, 99.0), (1.5, 99.0), (2.0, 96.0)]:
        at = _OPENED + timedelta(hours=hours)
        assert stops.first_stop("BTC/USDT", at=at, **first) == stop  # type: ignore[arg-type]


def test_only_a_plan_with_a_range_needs_candles_of_its_own() -> None:
    frame = candles_of([100.0], [100.0])
    assert PlannedStops(_TRAILING, "1h").startup_candles == 0
    assert PlannedStops(_TRAILING, "1h").indicators(frame) is frame
    ranged = PlannedStops(StopPlan(distance_frac=0.1, atr_multiple=2.0), "1h")
    assert ranged.startup_candles == 150
    assert ranged.indicators(frame)["stop_atr"].isna().all()
