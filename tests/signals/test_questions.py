from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from proratio_core.errors import DataError
from proratio_signals.questions import Question
from tests.signals.samples import BTC, START


def test_close_time_on_the_grid_is_a_question() -> None:
    assert str(Question(BTC, START)) == "binance BTC/USDT 1h at 2024-01-01 00:00 UTC"


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(DataError, match="no timezone"):
        Question(BTC, datetime(2024, 1, 1))  # noqa: DTZ001  # the point of the test


def test_time_between_two_closes_is_refused() -> None:
    with pytest.raises(DataError, match="no 1h candle closes at 2024-01-01 00:30"):
        Question(BTC, START + timedelta(minutes=30))
