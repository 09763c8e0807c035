"""What a strategy's own callbacks may not undo: the risk profile has the last word in each.

A subclass may override Freqtrade's callbacks. What its method answers is then a wish, which the
base class's limit may shrink or refuse and never enlarge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

__all__ = ["LIMITS", "enforce_limits"]

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "custom_stake_amount": "limit_stake",
        "confirm_trade_entry": "limit_entry",
        "leverage": "limit_leverage",
        "adjust_trade_position": "limit_adjustment",
        "adjust_entry_price": "limit_open_entry",
        "adjust_order_price": "limit_open_order",
        "check_entry_timeout": "limit_entry_wait",
    }
)
"""Callback name -> the base class's method that is given its answer, and has the last word."""


def enforce_limits(cls: type) -> None:
    """Wrap every callback that `cls` itself defines so that its answer passes the limit."""
    for name, limit in LIMITS.items():
        method = cls.__dict__.get(name)
        if callable(method):
            setattr(cls, name, _limited(method, limit=limit))


def _limited(method: Callable[..., Any], *, limit: str) -> Callable[..., Any]:
    @wraps(method)
    def limited(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self, limit)(method(self, *args, **kwargs), **kwargs)

    return limited
