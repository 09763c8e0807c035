from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proratio_core.errors import DataError
from proratio_core.values import Timerange
from proratio_tradehub.cli.signal_options import pairs_named, series_named, span_named


def test_series_is_named_by_exchange_pair_and_timeframe() -> None:
    assert str(series_named("kraken", "ETH/EUR", "4h")) == "kraken ETH/EUR 4h"
    with pytest.raises(DataError, match="timeframe '9h'"):
        series_named("kraken", "ETH/EUR", "9h")


def test_pairs_come_once_each_in_the_given_order() -> None:
    named = pairs_named(["ETH/USDT", "BTC/USDT", "ETH/USDT"])

    assert [str(pair) for pair in named] == ["ETH/USDT", "BTC/USDT"]
    with pytest.raises(DataError, match="pair 'ETHUSDT'"):
        pairs_named(["ETHUSDT"])


def test_no_span_is_all_of_time() -> None:
    assert span_named(None) == Timerange()
    assert span_named("20240101-").start == datetime(2024, 1, 1, tzinfo=UTC)
