"""Pairs, timeframes, series keys and timeranges: parsed once, refused with a remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_core.values import (
    SIMULATED,
    Market,
    Pair,
    SeriesKey,
    SeriesKind,
    Timeframe,
    Timerange,
)

BTC = Pair.parse("BTC/USDT")
BTC_PERPETUAL = Pair.parse("BTC/USDT:USDT")


@pytest.mark.parametrize(
    ("text", "minutes"), [("1m", 1), ("15m", 15), ("1h", 60), ("4h", 240), ("1d", 1440)]
)
def test_timeframe_knows_its_length(text: str, minutes: int) -> None:
    timeframe = Timeframe.parse(text)
    assert timeframe.minutes == minutes
    assert timeframe.ms == minutes * 60_000


@pytest.mark.parametrize("text", ["", "1w", "60m", "1H", "7m", "hour"])
def test_unknown_timeframe_names_what_came_and_what_is_known(text: str) -> None:
    with pytest.raises(DataError, match="is not supported; use one of: 1m 3m 5m") as caught:
        Timeframe.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("timeframe", Timeframe)
def test_every_timeframe_fits_into_a_day(timeframe: Timeframe) -> None:
    assert Timeframe.D1.ms % timeframe.ms == 0


def test_pair_knows_its_market_and_its_names() -> None:
    assert (BTC.market, BTC_PERPETUAL.market) == (Market.SPOT, Market.PERPETUAL)
    assert (BTC.file_stem, BTC_PERPETUAL.file_stem) == ("BTC_USDT", "BTC_USDT_USDT")
    assert BTC.exchange_id == BTC_PERPETUAL.exchange_id == "BTCUSDT"


@pytest.mark.parametrize(
    "text", ["", "BTC", "BTCUSDT", "btc/usdt", "BTC/", "/USDT", "BTC-USDT", "BTC/USDT:", "../etc/X"]
)
def test_wrong_pair_names_what_came_and_both_notations(text: str) -> None:
    with pytest.raises(DataError, match="BASE/QUOTE for spot") as caught:
        Pair.parse(text)
    assert repr(text) in str(caught.value)


@given(st.from_regex(r"[A-Z0-9]{1,20}/[A-Z0-9]{2,10}(:[A-Z0-9]{2,10})?", fullmatch=True))
def test_pair_notation_survives_the_round_trip(text: str) -> None:
    assert str(Pair.parse(text)) == text


@pytest.mark.parametrize(
    ("pair", "kind", "name"),
    [
        (BTC, SeriesKind.CANDLE, "BTC_USDT-1h.feather"),
        (BTC_PERPETUAL, SeriesKind.CANDLE, "futures/BTC_USDT_USDT-1h-futures.feather"),
        (BTC_PERPETUAL, SeriesKind.MARK, "futures/BTC_USDT_USDT-1h-mark.feather"),
        (BTC_PERPETUAL, SeriesKind.FUNDING, "futures/BTC_USDT_USDT-1h-funding_rate.feather"),
    ],
)
def test_file_name_is_freqtrades(pair: Pair, kind: SeriesKind, name: str) -> None:
    key = SeriesKey("binance", pair, Timeframe.H1, kind)
    assert key.file_name == name
    assert key.market is pair.market


def test_series_key_says_what_it_is() -> None:
    assert str(SeriesKey("binance", BTC, Timeframe.H1)) == "binance BTC/USDT 1h"
    mark = SeriesKey("binance", BTC_PERPETUAL, Timeframe.H1, SeriesKind.MARK)
    assert str(mark) == "binance BTC/USDT:USDT 1h mark"
    assert SeriesKey(SIMULATED, BTC, Timeframe.H1).is_simulated
    assert not mark.is_simulated


def test_spot_pair_has_no_mark_prices_and_the_message_names_the_perpetual() -> None:
    with pytest.raises(DataError, match=r"has no mark series.*BTC/USDT:USDT"):
        SeriesKey("binance", BTC, Timeframe.H1, SeriesKind.MARK)


@pytest.mark.parametrize("exchange", ["", "Binance", "../x", "b"])
def test_wrong_exchange_is_refused(exchange: str) -> None:
    with pytest.raises(DataError, match="use a lower-case ccxt id"):
        SeriesKey(exchange, BTC, Timeframe.H1)


@pytest.mark.parametrize(
    "text", ["20240101-20250101", "20240101-", "-20250101", "1704070800-20250101"]
)
def test_timerange_survives_the_round_trip(text: str) -> None:
    assert str(Timerange.parse(text)) == text


def test_timerange_reads_freqtrades_notation() -> None:
    assert Timerange.parse("20240101-20250101") == Timerange(
        datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "text", ["", "-", "2024", "20240101", "20241301-", "20240101-20240201-", "yesterday-", "1-2"]
)
def test_wrong_timerange_names_what_came_and_the_notation(text: str) -> None:
    with pytest.raises(DataError, match="write YYYYMMDD-YYYYMMDD") as caught:
        Timerange.parse(text)
    assert repr(text) in str(caught.value)


def test_timerange_must_not_end_before_it_starts() -> None:
    with pytest.raises(DataError, match="ends before it starts; write the earlier date first"):
        Timerange.parse("20250101-20240101")


@given(st.datetimes(min_value=datetime(2001, 9, 10), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_any_whole_second_survives_as_a_timerange(naive: datetime) -> None:
    start = naive.replace(microsecond=0, tzinfo=UTC)
    timerange = Timerange(start, start + timedelta(hours=1))
    assert Timerange.parse(str(timerange)) == timerange


def test_pairs_sort_by_symbol_a_perpetual_after_its_spot_pair() -> None:
    eth = Pair.parse("ETH/USDT")
    assert sorted([eth, BTC_PERPETUAL, BTC]) == [BTC, BTC_PERPETUAL, eth]
