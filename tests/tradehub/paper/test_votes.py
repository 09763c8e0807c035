from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, Timeframe
from proratio_signals.profile import load_profile
from proratio_tradehub.paper.votes import check_votes
from proratio_tradehub.strategies.rules import RULES
from tests.tradehub.paper.test_coverage import PLAN
from tests.wire.markets import SPOT, START, candles


def test_each_missing_vote_is_counted_and_the_command_asks_for_them(database: Database) -> None:
    CandleStore(database).write(SeriesKey("binance", SPOT, Timeframe.H1), candles(600))
    plan = replace(
        PLAN,
        strategy="MovingAverageCross",
        start=START + timedelta(hours=300),
        end=START + timedelta(hours=600),
    )

    with pytest.raises(DataError) as refused:
        check_votes(plan, database, load_profile("offline"), RULES["MovingAverageCross"])

    told = str(refused.value)
    assert "profile offline has not voted on 3 of 3 candidate candles" in told
    assert (
        "`proratio signals backfill MovingAverageCross --exchange binance --pairs BTC/USDT "
        "--timeframe 1h --timerange 1705143600-20240126 --profile offline`"
    ) in told
