from __future__ import annotations

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.parameters import parameters_of, set_parameters
from proratio_tradehub.strategies.rules import TrendRule


def test_parameters_are_the_fields_of_the_rule() -> None:
    assert parameters_of(TrendRule())["rsi_low"] == 30.0
    assert set(parameters_of(TrendRule())) >= {"fast_candles", "slow_candles", "rsi_high"}
    assert parameters_of(None) == {}


def test_what_is_not_the_rules_own_is_left_alone() -> None:
    rule = TrendRule()

    assert set_parameters(rule, {"stoploss": -0.1}) is rule
    assert set_parameters(rule, {"slow_candles": 60, "stoploss": -0.1}) == TrendRule(
        slow_candles=60
    )


def test_numbers_become_the_kind_the_parameter_is() -> None:
    changed = set_parameters(TrendRule(), {"fast_candles": 10.0, "rsi_low": 20})

    assert (changed.fast_candles, type(changed.fast_candles)) == (10, int)
    assert (changed.rsi_low, type(changed.rsi_low)) == (20.0, float)


@pytest.mark.parametrize("value", [10.5, "10", True])
def test_a_value_of_another_kind_is_refused(value: float | str) -> None:
    with pytest.raises(ConfigurationError, match="fast_candles"):
        set_parameters(TrendRule(), {"fast_candles": value})
