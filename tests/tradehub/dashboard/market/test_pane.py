"""Trades of bots and of backtests are one thing on a chart; averages see no later candle."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import talib

from proratio_quantlab.results import Trade
from proratio_tradehub.dashboard.market.pane import (
    Book,
    deal_of_run,
    deal_of_trade,
    with_indicators,
)
from tests.core.candles.candle_frames import START, candles
from tests.tradehub.dashboard.market.made import BOOK, HOUR
from tests.tradehub.journal.made import NOW, SIGNAL, a_trade, closed

RUN = Trade(
    *("BTC/USDT", START, START + HOUR, 100.0, 110.0, 1.0, 100.0, 9.8, 0.098, 0.2, "roi", "tag")
)


def test_a_bots_open_trade_has_no_exit_yet() -> None:
    deal = deal_of_trade(a_trade(profit_quote=1.0, close_rate=105.0))
    assert (deal.closed_at, deal.close_rate, deal.reason) == (None, None, "")
    assert (deal.tag, deal.stop_price) == (SIGNAL, 95.0)
    assert deal_of_trade(a_trade(**closed())).closed_at == NOW + HOUR


@pytest.mark.parametrize(
    ("changes", "side"),
    [
        ({}, "long"),
        ({"close_rate": 90.0, "profit_quote": -10.2}, "long"),
        ({"close_rate": 90.0, "profit_quote": 9.8}, "short"),
        ({"profit_quote": -10.2}, "short"),
        ({"close_rate": 100.1, "profit_quote": -0.1}, "long"),  # gained less than its fees
    ],
)
def test_a_backtests_trade_tells_its_side_by_what_it_gained(
    changes: dict[str, float], side: str
) -> None:
    assert deal_of_run(replace(RUN, **changes)).side == side


def test_averages_are_talibs_and_do_not_change_when_candles_follow() -> None:
    frame = candles(120)
    shown = with_indicators(frame)
    upper, _, lower = talib.BBANDS(frame["close"], 20, 2.0, 2.0)
    pd.testing.assert_series_equal(shown["band_high"], upper, check_names=False)
    pd.testing.assert_series_equal(shown["band_low"], lower, check_names=False)
    last = talib.EMA(candles(1_000)["close"], 20).iloc[-1]
    assert with_indicators(candles(1_000))["ema_20"].iloc[-1] == pytest.approx(last, rel=1e-9)
    pd.testing.assert_frame_equal(with_indicators(frame[:60]), shown[:60])


def test_the_spread_lies_between_the_best_prices() -> None:
    assert BOOK.spread_frac == pytest.approx(0.02)
    assert Book(BOOK.seen_at, (), BOOK.asks).spread_frac is None
