"""Rules made from other rules: what may be changed, and how far."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules import (
    EmaCrossRule,
    Rule,
    TrendRule,
    retuned,
    tunables,
    widest,
)
from tests.tradehub.strategies.rules.candles import JUDGING


class Plain:
    """A rule of somebody else's, no dataclass."""

    startup_candles = 3


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_every_default_lies_inside_its_span(rule: Rule) -> None:
    spans = tunables(rule)
    assert spans
    for name, span in spans.items():
        assert span.low < span.high
        assert span.space in {"buy", "sell"}
        assert span.holds(getattr(rule, name)), name


@pytest.mark.parametrize("rule", JUDGING.values(), ids=JUDGING)
def test_widest_rule_needs_at_least_as_many_candles_as_any(rule: Rule) -> None:
    most = widest(rule).startup_candles
    assert most >= rule.startup_candles
    for name, span in tunables(rule).items():
        for value in (span.low, span.high):
            assert retuned(rule, {name: value}).startup_candles <= most


def test_other_parameters_make_another_rule_and_leave_the_first_alone() -> None:
    rule = TrendRule()
    assert retuned(rule, {"fast_candles": 10, "rsi_low": 25.0}) == TrendRule(10, rsi_low=25.0)
    assert rule == TrendRule()
    assert retuned(rule, {}) is rule


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fast": 3}, "no parameter 'fast'; it has: fast_candles, slow_candles"),
        ({"fast_candles": 21}, "fast_candles is 21, expected a whole number from 4 to 20"),
        ({"fast_candles": 5.5}, "whole number"),
        ({"fast_candles": True}, "whole number"),
        ({"fast_candles": "5"}, "whole number"),
        ({"slow_candles": None}, "whole number"),
    ],
)
def test_what_is_not_a_parameter_or_outside_its_span_is_refused(
    values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        retuned(EmaCrossRule(), values)


def test_nan_is_outside_every_span() -> None:
    with pytest.raises(ConfigurationError, match="a number from"):
        retuned(TrendRule(), {"rsi_low": float("nan")})


def test_rule_without_parameters_stays_as_it_is() -> None:
    assert tunables(Plain()) == {}  # type: ignore[arg-type]
    assert widest(Plain()).startup_candles == 3  # type: ignore[arg-type]
