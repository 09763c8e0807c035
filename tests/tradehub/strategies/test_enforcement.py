"""What a subclass answers is a wish; the limit has the last word."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.enforcement import LIMITS, enforce_limits


class Limited:
    """A base class whose limits answer with what they were given, and say so."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("limit_"):
            raise AttributeError(name)
        return lambda wish, **asked: (name, wish, asked)


@pytest.mark.parametrize(("callback", "limit"), LIMITS.items())
def test_answer_of_each_callback_passes_its_limit(callback: str, limit: str) -> None:
    wishing = type("Wishing", (Limited,), {callback: lambda self, **asked: 42})
    enforce_limits(wishing)
    assert getattr(wishing(), callback)(pair="BTC/USDT") == (limit, 42, {"pair": "BTC/USDT"})


def test_callbacks_that_a_class_does_not_define_itself_are_left_alone() -> None:
    silent = type("Silent", (Limited,), {"other": lambda self: 1})
    enforce_limits(silent)
    assert silent().other() == 1
    assert not set(LIMITS) & set(vars(silent))


@pytest.mark.parametrize("limit", sorted(set(LIMITS.values())))
def test_every_limit_is_a_method_of_the_base_class(limit: str) -> None:
    assert callable(getattr(RuleStrategy, limit))
