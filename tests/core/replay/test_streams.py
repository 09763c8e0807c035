"""What the streams say: each candle once when it closed, all volume, a book that adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.replay.answers import depth
from proratio_core.replay.streams import Stream, events_of, parse_stream
from proratio_core.values import Timeframe
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of
from tests.wire.markets import PERPETUAL

_SPOT = {"BTCUSDT": market_of()}
_END_MS = START_MS + 3 * HOUR_MS


def _stream(name: str, markets: dict = _SPOT) -> Stream:
    stream = parse_stream(f"btcusdt@{name}", markets, START_MS)
    assert stream is not None
    return stream


@given(steps=st.lists(st.integers(1, 40 * 60_000), min_size=5, max_size=30))
def test_each_candle_is_told_once_as_closed_whenever_one_looks(steps: list[int]) -> None:
    stream, closed, now_ms = _stream("kline_1h"), [], START_MS
    for step in [*steps, 3 * HOUR_MS]:
        now_ms = min(now_ms + step, _END_MS)
        events = events_of(stream, now_ms)
        closed += [event["k"]["t"] for event in events if event["k"]["x"]]
        assert [event["E"] for event in events] == sorted(event["E"] for event in events)
    assert closed == [START_MS + hour * HOUR_MS for hour in range(3)]


def test_a_closed_candle_is_the_recorded_one() -> None:
    events = events_of(_stream("kline_1h"), START_MS + HOUR_MS)
    closed = next(event["k"] for event in events if event["k"]["x"])
    assert [closed[name] for name in "ohlcv"] == ["100.0", "110.0", "90.0", "105.0", "36.0"]
    assert closed["T"] == START_MS + HOUR_MS - 1


def test_longer_candles_are_made_of_the_recorded_ones() -> None:
    stream = parse_stream("btcusdt@kline_4h", _SPOT, START_MS)
    assert stream is not None
    assert stream.timeframe is Timeframe.H4
    (event,) = events_of(stream, START_MS + 2 * HOUR_MS - 1)
    assert (event["k"]["x"], event["k"]["l"]) == (False, "90.0")


def test_trades_carry_the_volume_of_the_candles() -> None:
    stream = _stream("trade")
    events = [e for hour in (1, 2, 3) for e in events_of(stream, START_MS + hour * HOUR_MS)]
    assert sum(float(event["q"]) for event in events) == pytest.approx(3 * 36.0)
    assert [event["T"] for event in events] == sorted({event["T"] for event in events})
    assert events[0]["m"]  # the first line falls, so a seller took


@given(
    looks=st.lists(st.integers(1, 600_000), min_size=1, max_size=20),
    snapshot=st.integers(0, 19),
)
def test_a_book_kept_by_the_deltas_is_the_book(looks: list[int], snapshot: int) -> None:
    stream, now_ms, market = _stream("depth"), START_MS, _SPOT["BTCUSDT"]
    kept: dict[str, dict[str, str]] = {"b": {}, "a": {}}
    last_id = None
    for number, step in enumerate(looks):
        now_ms += step
        if number == snapshot:
            shown = depth(market, market.price(now_ms) or 0, now_ms, levels=1_000)
            kept = {"b": dict(shown["bids"]), "a": dict(shown["asks"])}
            stream.book.showed(shown["bids"], shown["asks"])
            now_ms += 1
        (event,) = events_of(stream, now_ms)
        assert last_id is None or event["U"] == last_id + 1
        last_id = event["u"]
        for side, book in kept.items():
            for price, amount in event[side]:
                book[price] = amount
                if amount == "0":
                    del book[price]
        wanted = depth(market, market.price(now_ms) or 0, now_ms, levels=20)
        assert kept == {"b": dict(wanted["bids"]), "a": dict(wanted["asks"])}


def test_the_other_streams_agree_with_the_ticker() -> None:
    now_ms = START_MS + HOUR_MS // 2
    price = _SPOT["BTCUSDT"].price(now_ms)
    (best,) = events_of(_stream("bookTicker"), now_ms)
    assert float(best["b"]) < price < float(best["a"])
    (day,) = events_of(_stream("ticker"), now_ms)
    assert float(day["c"]) == price
    (mark,) = events_of(_stream("markPrice", {"BTCUSDT": market_of(pair=PERPETUAL)}), now_ms)
    assert float(mark["p"]) == price


@pytest.mark.parametrize("name", ["xusdt@trade", "btcusdt@gossip", "btcusdt@kline_2w", "", "@"])
def test_there_is_no_such_stream(name: str) -> None:
    assert parse_stream(name, _SPOT, START_MS) is None


def test_nothing_is_said_before_a_market_is_listed_or_when_time_stands_still() -> None:
    early = parse_stream("btcusdt@trade", _SPOT, START_MS - HOUR_MS)
    assert early is not None
    assert events_of(early, START_MS - 1) == []
    stream = _stream("bookTicker")
    assert events_of(stream, START_MS) == []
