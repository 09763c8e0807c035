"""What a strategy's callback answers when it raises: always the answer that risks least.

Freqtrade calls every strategy method through a wrapper that turns an exception into *permission*:
`confirm_trade_entry` becomes True, `custom_stake_amount` the full stake. `guard_callbacks` puts a
wrapper of ours inside that one, around each callback a class defines itself.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd

from proratio_tradehub.strategies.recorded import note_failure

__all__ = ["REFUSALS", "guard_callbacks", "reads_only"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

Refusal = Callable[..., Any]
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _answer(*, value: object) -> Refusal:
    return lambda *_, **__: value


_BROKEN = "indicators_raised"
"""The column that marks candles whose indicators are not all there: nothing is entered on them."""


def _marked_broken(_: object, frame: pd.DataFrame, *__: Any, **___: Any) -> pd.DataFrame:
    return frame.assign(**{_BROKEN: True})


def _no_entry(_: object, frame: pd.DataFrame, *__: Any, **___: Any) -> pd.DataFrame:
    return frame.assign(enter_long=0, enter_short=0, enter_tag=None)


def _no_exit_signal(_: object, frame: pd.DataFrame, *__: Any, **___: Any) -> pd.DataFrame:
    return frame.assign(exit_long=0, exit_short=0, exit_tag=None)


def _entry_cancelled(
    _: object, *, is_entry: bool, current_order_rate: float, **__: Any
) -> float | None:
    return None if is_entry else current_order_rate


REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        "populate_indicators": _marked_broken,  # no entry rule is asked about these candles
        "populate_entry_trend": _no_entry,
        "populate_exit_trend": _no_exit_signal,  # stop-loss and take-profit go on
        "confirm_trade_entry": _answer(value=False),
        "custom_exit": _answer(value=None),  # stop-loss and take-profit go on
        "is_approved": _answer(value=False),
        "move_stop": _answer(value=None),  # the stop stays where it is
        "confirm_trade_exit": _answer(value=True),  # nothing that fails may hold a position open
        "custom_stake_amount": _answer(value=0.0),
        "adjust_trade_position": _answer(value=None),
        "adjust_entry_price": _answer(value=None),  # cancels an entry order that is still open
        "adjust_order_price": _entry_cancelled,
        "check_entry_timeout": _answer(value=True),  # cancels it too
        "get_entry_signal": _answer(value=(None, None)),
        "get_exit_signal": _answer(value=(False, False, None)),  # stop and take-profit go on
        "leverage": _answer(value=1.0),
        "bot_start": _answer(value=None),
        "bot_loop_start": _answer(value=None),
        "order_filled": _answer(value=None),
    }
)
"""Callback name -> the function that answers in its place when it raised."""


def guard_callbacks(cls: type) -> None:
    """Wrap every callback that `cls` itself defines so that an exception becomes a refusal.

    An instance counts what it refused in `refused_callbacks`, callback name -> times, so that a
    backtest can fail loudly where a running bot has to go on. What its start raised is kept in
    `start_failure`: paper trading does not go on with a strategy that can make no entry.
    """
    for name, refusal in REFUSALS.items():
        method = cls.__dict__.get(name)
        if callable(method):
            setattr(cls, name, _guarded(method, name=name, refusal=refusal))


def reads_only(method: _Method) -> _Method:
    """Mark a callback that never changes the trade it is given.

    Freqtrade copies the trade in depth before each call of a strategy's own method, and tells
    those by their qualified name; the copy costs several times what a short method does.
    """
    method.__qualname__ = f"IStrategy.{method.__name__}"
    return method


def _guarded(method: Callable[..., Any], *, name: str, refusal: Refusal) -> Callable[..., Any]:
    @wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if name == "populate_entry_trend" and _BROKEN in args[0]:
                return refusal(self, *args, **kwargs)
            return method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  # the outermost border: log, then refuse
            _log.exception("%s.%s raised; refused", type(self).__name__, name)
            self.__dict__.setdefault("refused_callbacks", Counter())[name] += 1
            if name == "bot_start":
                self.__dict__["start_failure"] = error
            note_failure(self, name, error)
            return refusal(self, *args, **kwargs)

    return guarded
