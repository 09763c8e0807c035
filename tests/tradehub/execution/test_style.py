"""What a configuration may state of execution, and what it is told otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.execution import Execution, Style, parse_execution


@pytest.mark.parametrize(
    ("stated", "execution"),
    [
        (None, Execution(Style.LIMIT, 1, 0.0, "limit")),
        ({"style": "limit"}, Execution(Style.LIMIT, 1, 0.0, "limit")),
        ({"style": "market"}, Execution(Style.MARKET, 1, 0.0, "market")),
        (
            {"style": "twap", "slices": 6, "over_s": 600},
            Execution(Style.TWAP, 6, 600.0, "limit"),
        ),
        (
            {"style": "vwap", "slices": 4, "over_s": 60.5, "order": "market"},
            Execution(Style.VWAP, 4, 60.5, "market"),
        ),
        ({"style": "iceberg", "slices": 10}, Execution(Style.ICEBERG, 10, 3_600.0, "limit")),
    ],
)
def test_what_is_stated_is_what_is_executed(
    stated: dict[str, Any] | None, execution: Execution
) -> None:
    assert parse_execution(stated) == execution


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({}, "style None is none of market, limit, twap, vwap, iceberg"),
        ({"style": "TWAP"}, "style 'TWAP' is none of"),
        ({"style": "market", "slices": 3}, "market does not know 'slices'"),
        ({"style": "twap", "slices": 3, "over": 60}, "twap does not know 'over'"),
        ({"style": "twap", "slices": 1, "over_s": 60}, "slices is 1; it goes from 2 to 200"),
        ({"style": "twap", "slices": 2.0, "over_s": 60}, "slices is 2.0"),
        ({"style": "twap", "slices": True, "over_s": 60}, "slices is True"),
        ({"style": "twap", "slices": 3}, "over_s is None"),
        ({"style": "vwap", "slices": 3, "over_s": float("nan")}, "over_s is nan"),
        ({"style": "vwap", "slices": 3, "over_s": 60, "order": "stop"}, "order is 'stop'"),
    ],
)
def test_what_is_not_understood_is_refused_with_an_example(
    stated: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_execution(stated)
    assert said in str(refused.value)
    assert '"slices": 6' in str(refused.value)
