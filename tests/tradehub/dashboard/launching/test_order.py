"""An order is refused before anything is started, in words that say what to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from proratio_core.errors import DataError
from proratio_core.values import Pair, Timeframe
from proratio_tradehub.cli.option_lists import spread_lists
from proratio_tradehub.dashboard.launching import checked_order
from tests.tradehub.dashboard.launching.made import BTC, ETH, ORDER, STORED

PERPETUAL = Pair.parse("BTC/USDT:USDT")


def test_a_sound_order_is_the_words_of_a_command() -> None:
    order = checked_order(replace(ORDER, pairs=(BTC, ETH)), STORED, ["offline"])
    words = " ".join(spread_lists(list(order.words)))
    assert words.startswith("backtest AIEnhancedTrend --exchange binance --timeframe 1h")
    assert "--timerange 20240101-20240401 --profile offline --json" in words
    assert words.endswith("--pairs BTC/USDT --pairs ETH/USDT")
    assert "--compare-ungated" in replace(order, compare_ungated=True).words


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"strategy": "--help"}, "no strategy"),
        ({"profile": "theirs"}, "no profile"),
        ({"profile": "none", "compare_ungated": True}, "no ungated twin"),
        ({"pairs": ()}, "one to 20 pairs"),
        ({"pairs": (PERPETUAL,)}, "trades spot"),
        ({"strategy": "FundingCarry"}, "BTC/USDT is not"),
        ({"pairs": (Pair.parse("XRP/USDT"),)}, "XRP/USDT are stored"),
        ({"timeframe": Timeframe.M5}, "no binance 5m candles"),
        ({"last_day": date(2023, 1, 1)}, "no span"),
        ({"last_day": ORDER.first_day + timedelta(days=3_000)}, "no span"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_run_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        checked_order(replace(ORDER, **changes), STORED, ["offline"])  # type: ignore[arg-type]
