"""What is known of the markets at a moment, and nothing of what comes after it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from proratio_core.clock import to_ms
from proratio_core.errors import RiskError
from proratio_core.values import Pair
from proratio_tradehub.desk.candles import CandleBook
from tests.tradehub.desk.made import BTC, ETH, HOUR, NOW, candle_book, candles

NOW_MS = to_ms(NOW)


def test_price_is_the_close_of_the_last_candle_that_has_closed() -> None:
    frame = candles()
    book = candle_book(BTC=frame)
    assert book.close_price(BTC, NOW_MS) == frame["close"].iloc[-1]
    assert book.close_price(BTC, NOW_MS - 1) == frame["close"].iloc[-2]
    assert book.last_close_ms(BTC, NOW_MS - 1) == NOW_MS - 3_600_000
    assert book.close_price(BTC, NOW_MS + 10**9) == frame["close"].iloc[-1]


def test_trading_the_newest_candle_says_when_it_closed_whatever_the_clock_says() -> None:
    book = CandleBook(3_600_000, 168, is_live=True)
    book.remember(BTC, candles())
    assert book.last_close_ms(BTC, NOW_MS - 7_200_000) == NOW_MS


def test_later_candles_change_nothing_that_was_known_before() -> None:
    whole = candle_book(BTC=candles(until=NOW + 50 * HOUR, hours=450))
    frame = candles(until=NOW + 50 * HOUR, hours=450)
    past = candle_book(BTC=frame[frame["date"] < NOW].reset_index(drop=True))
    for hours in (0, 1, 100):
        moment = to_ms(NOW - hours * HOUR)
        assert whole.close_price(BTC, moment) == past.close_price(BTC, moment)
        assert whole.day_volume_quote(BTC, moment) == past.day_volume_quote(BTC, moment)
        ours, theirs = whole.returns(moment).values, past.returns(moment).values
        np.testing.assert_array_equal(ours, theirs)


def test_returns_are_those_of_the_window_before_the_moment() -> None:
    frame = candles()
    close = frame["close"].to_numpy()
    recent = candle_book(BTC=frame).returns(NOW_MS)
    np.testing.assert_allclose(recent.values[0], (close[1:] / close[:-1] - 1.0)[-168:])


@pytest.mark.parametrize("gap", [None, 250])
def test_returns_read_from_one_table_are_those_cut_out_pair_by_pair(gap: int | None) -> None:
    later = candles(seed=2, hours=350, until=NOW - 2 * HOUR)
    frames = {
        "BTC": candles() if gap is None else candles().drop(index=gap).reset_index(drop=True),
        "ETH": later,
    }
    tabled = candle_book(**frames)
    apart = CandleBook(3_600_000, 168, is_live=True)  # never makes a table
    for base, frame in frames.items():
        apart.remember(f"{base}/USDT", frame)
    for hours in range(402):
        moment = to_ms(NOW + HOUR - hours * HOUR) + 1
        ours, theirs = tabled.returns(moment), apart.returns(moment)
        assert ours.pairs == theirs.pairs
        np.testing.assert_array_equal(ours.values, theirs.values)


def test_pair_whose_last_candle_is_missing_has_no_figures_while_the_others_do() -> None:
    late = candles(seed=2, until=NOW - HOUR)
    recent = candle_book(BTC=candles(), ETH=late).returns(NOW_MS)
    assert recent.volatility_frac(Pair.parse(BTC)) is not None
    assert recent.volatility_frac(Pair.parse(ETH)) is None


def test_pair_without_enough_history_has_no_figures() -> None:
    recent = candle_book(BTC=candles(), ETH=candles(seed=2, hours=100)).returns(NOW_MS)
    assert recent.correlation(Pair.parse(BTC), Pair.parse(ETH)) is None


def test_price_of_zero_leaves_no_figures_instead_of_infinite_ones() -> None:
    frame = candles()
    frame.loc[350, "close"] = 0.0
    recent = candle_book(BTC=frame).returns(NOW_MS)
    assert recent.volatility_frac(Pair.parse(BTC)) is None


def test_volume_is_that_of_the_last_24_hours() -> None:
    frame = candles()
    volume = (frame["volume"] * frame["close"]).to_numpy()
    book = candle_book(BTC=frame)
    assert book.day_volume_quote(BTC, NOW_MS) == pytest.approx(volume[-24:].sum())
    early = to_ms(NOW - 395 * HOUR)
    assert book.day_volume_quote(BTC, early) == pytest.approx(volume[:5].sum())


def test_returns_are_computed_once_a_candle() -> None:
    book = candle_book()
    first = book.returns(NOW_MS)
    assert book.returns(NOW_MS + 3_599_999) is first
    assert book.returns(NOW_MS + 3_600_000) is not first
    book.remember(BTC, candles(seed=3))
    assert book.returns(NOW_MS) is not first


def test_unknown_pair_and_time_before_all_candles_are_errors() -> None:
    book = candle_book()
    with pytest.raises(RiskError, match=r"no candles of DOGE/USDT .* those of BTC/USDT, ETH/USDT"):
        book.close_price("DOGE/USDT", NOW_MS)
    with pytest.raises(RiskError, match="no candle of BTC/USDT had closed"):
        book.day_volume_quote(BTC, to_ms(NOW - timedelta(days=999)))
