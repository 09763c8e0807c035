"""The adapter takes its signals from the rule, its stake and its entries from the risk profile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode, TradingMode
from freqtrade.persistence import LocalTrade, Trade
from freqtrade.strategy import IStrategy

from proratio_tradehub.halts import Action
from proratio_tradehub.risk.stops import StopPlan
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import RULES, EmaCrossRule
from tests.tradehub.desk.made import BTC, NOW, candles
from tests.tradehub.strategies.hosts import host
from tests.tradehub.strategies.rules.candles import random_candles


class Half(RuleStrategy):
    """A strategy that is half sure of everything."""

    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi: dict[str, float] = {"0": 0.1, "60": 0.05, "120": 0.0}  # noqa: RUF012

    def confidence(self, pair: str, entry_tag: str | None) -> float:
        return 0.5


class Greedy(Half):
    """A strategy that wants more than it may have, in every callback."""

    position_adjustment_enable = True

    def custom_stake_amount(self, **_: Any) -> float:
        return 9_999.0

    def confirm_trade_entry(self, **_: Any) -> bool:
        return True

    def leverage(self, **_: Any) -> float:
        return 50.0

    def adjust_trade_position(self, **_: Any) -> float:
        return 9_999.0

    def adjust_entry_price(self, **_: Any) -> float:
        return 1.0


def started(kind: type[RuleStrategy], folder: Path, **section: Any) -> RuleStrategy:
    """Return a strategy in the middle of a backtest, with candles of BTC."""
    strategy = kind(
        {
            "runmode": RunMode.BACKTEST,
            "user_data_dir": folder,
            "stake_currency": "USDT",
            "trading_mode": TradingMode.SPOT,
            "proratio": section,
        }
    )
    host(strategy)
    strategy.bot_start()
    strategy.advise_entry(strategy.populate_indicators(candles(), {}), {"pair": BTC})
    strategy.bot_loop_start(current_time=NOW)
    return strategy


@pytest.fixture(autouse=True)
def simulated_trades(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    LocalTrade.use_db = Trade.use_db = False
    LocalTrade.reset_trades()
    yield
    LocalTrade.reset_trades()


@pytest.fixture
def strategy(tmp_path: Path) -> RuleStrategy:
    return started(Half, tmp_path)


def stake(strategy: RuleStrategy, **changes: Any) -> float:
    """Return the stake of an entry as Freqtrade asks for it."""
    asked = {
        "pair": BTC,
        "current_time": NOW,
        "current_rate": 100.0,
        "proposed_stake": 900.0,
        "min_stake": 5.0,
        "max_stake": 9_000.0,
        "leverage": 1.0,
        "entry_tag": None,
        "side": "long",
    }
    return strategy.custom_stake_amount(**(asked | changes))


def confirmed(strategy: RuleStrategy, **changes: Any) -> bool:
    asked = {
        "pair": BTC,
        "order_type": "limit",
        "amount": 2.5,
        "rate": 100.0,
        "time_in_force": "gtc",
        "current_time": NOW,
        "entry_tag": None,
        "side": "long",
    }
    return strategy.confirm_trade_entry(**(asked | changes))


def test_stake_is_five_percent_of_equity_times_confidence(strategy: RuleStrategy) -> None:
    assert stake(strategy) == pytest.approx(250.0)
    assert confirmed(strategy)


def test_stake_below_the_exchanges_minimum_is_refused_not_raised(strategy: RuleStrategy) -> None:
    assert stake(strategy, min_stake=250.1) == 0.0


def test_stake_never_exceeds_what_is_available(strategy: RuleStrategy) -> None:
    assert stake(strategy, max_stake=7.0) == 7.0


def test_entry_grown_beyond_its_cap_is_not_confirmed(strategy: RuleStrategy) -> None:
    assert not confirmed(strategy, amount=11.0)
    assert strategy.refused_entries == {"fixed fraction": 1}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"pair": "DOGE/USDT"}, "risk check"),
        ({"current_rate": float("nan")}, "risk check"),
        ({"current_rate": 0.0}, "risk check"),
        ({"current_time": NOW - timedelta(days=900)}, "risk check"),
        ({"current_time": NOW + timedelta(days=1)}, "stale data"),
    ],
)
def test_what_cannot_be_judged_is_refused_and_counted(
    strategy: RuleStrategy, changes: dict[str, Any], rule: str
) -> None:
    assert stake(strategy, **changes) == 0.0
    assert strategy.refused_entries == {rule: 1}


@pytest.mark.parametrize("free", [float("nan"), float("inf"), 0.0, -1.0])
def test_wallet_that_is_no_number_above_zero_refuses(strategy: RuleStrategy, free: float) -> None:
    strategy.wallets.free = free
    assert stake(strategy) == 0.0
    strategy.bot_loop_start(current_time=NOW)  # and the loop goes on
    assert "bot_loop_start" not in strategy.refused_callbacks


def test_missing_wallet_refuses_the_entry(strategy: RuleStrategy) -> None:
    strategy.wallets = None
    strategy.bot_start()
    assert stake(strategy) == 0.0


def test_profile_that_does_not_exist_refuses_every_entry(tmp_path: Path) -> None:
    strategy = started(Half, tmp_path, risk="no-such-profile")
    assert strategy.refused_callbacks["bot_start"] == 1
    assert stake(strategy) == 0.0
    assert not confirmed(strategy)
    assert strategy.refused_entries == {}


def test_nothing_a_subclass_answers_goes_beyond_the_profile(tmp_path: Path) -> None:
    greedy = started(Greedy, tmp_path)
    assert stake(greedy) == pytest.approx(250.0)  # 5% of equity times half the confidence
    assert not confirmed(greedy, amount=99.0)
    assert greedy.leverage(current_time=NOW, max_leverage=125.0) == 1.0


class Held:
    """A position of 4 BTC at 100, stop at 95."""

    pair = BTC
    is_short = False
    leverage = 1.0
    enter_tag = None
    stop_loss = 95.0


def added(strategy: RuleStrategy) -> Any:
    return strategy.adjust_trade_position(
        trade=Held(), current_time=NOW, current_rate=100.0, min_stake=5.0, max_stake=5_000.0
    )


def test_adding_to_a_position_is_an_entry_like_any_other(tmp_path: Path) -> None:
    greedy = started(Greedy, tmp_path)
    assert added(greedy) == (pytest.approx(250.0), None)


class Reducing(Half):
    """A strategy that sells a part."""

    def adjust_trade_position(self, **_: Any) -> tuple[float, str]:
        return -50.0, "a part"


def ordered(strategy: RuleStrategy, action: Action) -> None:
    risk = strategy._risk
    assert risk is not None
    risk.desk._restraint.order(action, reason="for the test", by="me")


def test_reduce_only_lets_positions_shrink_and_cancels_open_entries(tmp_path: Path) -> None:
    for kind in (Greedy, Reducing):
        strategy = started(kind, tmp_path)
        assert strategy.adjust_entry_price(current_order_rate=1.0) == 1.0
        ordered(strategy, Action.REDUCE_ONLY)
        assert stake(strategy) == 0.0
        assert not confirmed(strategy)
        assert strategy.adjust_entry_price(current_order_rate=1.0) is None
        assert added(strategy) == ((-50.0, "a part") if kind is Reducing else None)


@pytest.mark.parametrize("action", [Action.REDUCE_ONLY, Action.SAFE_MODE, Action.HALT])
def test_entry_that_waits_is_taken_back_in_the_loop_after_an_order(
    action: Action, tmp_path: Path
) -> None:
    strategy = started(Half, tmp_path)
    asked = {"order": None, "current_time": NOW}
    assert not strategy.check_entry_timeout(**asked)
    ordered(strategy, action)
    assert strategy.check_entry_timeout(**asked)


def test_halt_leaves_positions_to_their_stops_and_exits(tmp_path: Path) -> None:
    strategy = started(Reducing, tmp_path)
    ordered(strategy, Action.HALT)
    assert added(strategy) is None
    assert strategy.adjust_entry_price(current_order_rate=1.0) is None


class Planned(Half):
    """A strategy whose stop follows the price."""

    stops = StopPlan(distance_frac=0.03, trailing_frac=0.02, longest=timedelta(hours=6))


class BrokenPlan(Planned):
    """A strategy whose plan raises."""

    def move_stop(self, trade: Any, now: datetime) -> None:
        raise ZeroDivisionError("a fault in the plan")


@pytest.mark.parametrize(("kind", "stop"), [(Half, 95.0), (Planned, 97.0), (BrokenPlan, 95.0)])
def test_fixed_stop_stands_without_a_plan_and_when_it_raises(
    kind: type[RuleStrategy], stop: float, tmp_path: Path
) -> None:
    strategy = started(kind, tmp_path)
    trade = LocalTrade(
        pair=BTC,
        exchange="binance",
        open_rate=100.0,
        open_date=NOW,
        stake_amount=100.0,
        amount=1.0,
        fee_open=0.001,
        fee_close=0.001,
    )
    strategy.ft_stoploss_adjust(100.0, trade, NOW, 0.0, 0)
    assert trade.stop_loss == pytest.approx(stop)
    assert strategy.use_custom_stoploss is (kind is not Half)
    asked = {"pair": BTC, "trade": trade, "current_time": NOW + timedelta(hours=6)}
    asked |= {"current_rate": 100.0, "current_profit": 0.0}
    assert strategy.custom_exit(**asked) == (None if kind is Half else "held too long")


class Leaving(Half):
    """A strategy with an exit of its own."""

    def custom_exit(self, **_: Any) -> str | None:
        return "enough"


def test_backtest_without_a_plan_calls_freqtrade_itself_and_an_own_exit_stays(
    tmp_path: Path,
) -> None:
    plain, planned = started(Half, tmp_path), started(Planned, tmp_path)
    assert plain.custom_exit.__func__ is IStrategy.custom_exit
    assert plain.ft_stoploss_adjust.__func__ is IStrategy.ft_stoploss_adjust
    assert planned.ft_stoploss_adjust.__func__ is RuleStrategy.ft_stoploss_adjust
    assert started(Leaving, tmp_path).custom_exit(pair=BTC) == "enough"


def test_target_is_the_take_profit_where_there_is_one(strategy: RuleStrategy) -> None:
    assert strategy.target_frac(BTC, None) == 0.1
    strategy.minimal_roi = {"0": 100.0}  # Freqtrade's way to have none
    assert strategy.target_frac(BTC, None) is None
    assert stake(strategy) == 0.0
    assert strategy.refused_entries == {"reward/risk": 1}


def test_signals_are_the_rules(strategy: RuleStrategy) -> None:
    frame = strategy.populate_indicators(random_candles(2, 500), {})
    entered = strategy.populate_entry_trend(frame, {})["enter_long"]
    left = strategy.populate_exit_trend(frame, {})["exit_long"]
    assert entered.sum() > 3
    assert (entered == Half.rule.candidates(frame)).all()
    assert (left == Half.rule.exits(frame)).all()


def test_startup_candles_are_the_rules() -> None:
    assert Half.startup_candle_count == EmaCrossRule().startup_candles


def test_built_in_strategy_is_given_its_rule_by_name() -> None:
    built_in = type("SimpleTestStrategy", (RuleStrategy,), {})
    assert built_in.rule is RULES["SimpleTestStrategy"]
