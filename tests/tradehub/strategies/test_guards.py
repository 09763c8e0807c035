"""Every callback that raises becomes the answer that risks least."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from proratio_tradehub.strategies.guards import REFUSALS, guard_callbacks

_FRAME = pd.DataFrame({"enter_long": [1, 1], "exit_long": [1, 1], "enter_tag": ["a", "b"]})

_EXPECTED: dict[str, Any] = {
    "confirm_trade_entry": False,
    "is_approved": False,
    "move_stop": None,
    "custom_exit": None,
    "confirm_trade_exit": True,
    "custom_stake_amount": 0.0,
    "adjust_trade_position": None,
    "adjust_entry_price": None,
    "adjust_order_price": None,
    "check_entry_timeout": True,
    "get_entry_signal": (None, None),
    "get_exit_signal": (False, False, None),
    "leverage": 1.0,
    "bot_start": None,
    "bot_loop_start": None,
    "order_filled": None,
}


def raising(name: str) -> type:
    """Return a guarded class whose method `name` raises."""

    def method(self: object, *_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    method.__qualname__ = f"Made.{name}"
    cls = type("Made", (), {name: method})
    guard_callbacks(cls)
    return cls


def test_every_guarded_callback_has_an_expected_answer_here() -> None:
    frames = {"populate_indicators", "populate_entry_trend", "populate_exit_trend"}
    assert set(REFUSALS) == set(_EXPECTED) | frames


@pytest.mark.parametrize("name", _EXPECTED)
def test_raising_callback_refuses_and_is_counted(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    strategy = raising(name)()
    asked = {"pair": "BTC/USDT", "is_entry": True, "current_order_rate": 1.0}
    assert getattr(strategy, name)(**asked) == _EXPECTED[name]
    assert strategy.refused_callbacks == {name: 1}
    assert f"Made.{name} raised; refused" in caplog.text


def test_raising_callback_is_told_to_whoever_keeps_the_record() -> None:
    told: list[tuple[str, str]] = []
    strategy = raising("custom_exit")()
    failed = SimpleNamespace(failed=lambda name, error: told.append((name, str(error))))
    strategy._risk = SimpleNamespace(record=SimpleNamespace(decisions=failed))
    strategy.custom_exit()
    assert told == [("custom_exit", "broken")]


def test_raising_callback_leaves_an_order_that_closes_a_position_where_it_is() -> None:
    strategy = raising("adjust_order_price")()
    assert strategy.adjust_order_price(is_entry=False, current_order_rate=1.5) == 1.5


def test_raising_entry_signal_clears_the_entries() -> None:
    result = raising("populate_entry_trend")().populate_entry_trend(_FRAME, {})
    assert not result["enter_long"].any()
    assert not result["enter_short"].any()
    assert result["enter_tag"].isna().all()


def test_raising_exit_signal_clears_the_exits_only() -> None:
    result = raising("populate_exit_trend")().populate_exit_trend(_FRAME, {})
    assert not result["exit_long"].any()
    assert result["enter_long"].all()


def test_nothing_is_entered_on_candles_whose_indicators_raised() -> None:
    class Made:
        def populate_indicators(self, frame: pd.DataFrame, _: Any) -> pd.DataFrame:
            frame["fast"] = 1.0
            raise RuntimeError("the slow one is broken")

        def populate_entry_trend(self, frame: pd.DataFrame, _: Any) -> pd.DataFrame:
            return frame.assign(enter_long=1)  # a rule that misses no column

    class Derived(Made):
        def populate_indicators(self, frame: pd.DataFrame, _: Any) -> pd.DataFrame:
            return super().populate_indicators(frame, {}).assign(own=2.0)

    guard_callbacks(Made)
    guard_callbacks(Derived)
    for cls in (Made, Derived):
        strategy = cls()
        advised = strategy.populate_indicators(_FRAME.copy(), {})
        result = strategy.populate_entry_trend(advised, {})
        assert not result["enter_long"].any()
        assert result["exit_long"].all()
        assert strategy.refused_callbacks == {"populate_indicators": 1}  # type: ignore[attr-defined]


def test_callback_that_works_is_left_alone() -> None:
    cls = type("Made", (), {"leverage": lambda self, **_: 3.0})
    guard_callbacks(cls)
    strategy = cls()
    assert strategy.leverage(pair="BTC/USDT") == 3.0
    assert not hasattr(strategy, "refused_callbacks")


def test_interrupt_is_not_swallowed() -> None:
    def method(self: object) -> None:
        raise KeyboardInterrupt

    cls = type("Made", (), {"bot_start": method})
    guard_callbacks(cls)
    with pytest.raises(KeyboardInterrupt):
        cls().bot_start()


def test_what_the_start_raised_is_kept_and_what_a_loop_raised_is_not() -> None:
    started, looped = raising("bot_start")(), raising("bot_loop_start")()

    started.bot_start()
    looped.bot_loop_start()

    assert str(started.start_failure) == "broken"
    assert not hasattr(looped, "start_failure")
