"""Several values after one option."""

from __future__ import annotations

import pytest

from proratio_tradehub.cli.option_lists import spread_lists


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("backtest S --pairs A B", "backtest S --pairs A --pairs B"),
        (
            "download --pairs A B --timeframes 1h 4h --json",
            "download --pairs A --pairs B --timeframes 1h --timeframes 4h --json",
        ),
        ("download --pairs A --pairs B C", "download --pairs A --pairs B --pairs C"),
        ("ask --timeframe 1h BTC/USDT", "ask --timeframe 1h BTC/USDT"),
        ("show --pairs", "show --pairs"),
        ("", ""),
    ],
)
def test_each_value_gets_its_option(typed: str, understood: str) -> None:
    assert spread_lists(typed.split()) == understood.split()
