"""What a source says when an exchange does not have, or does not mean, what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from proratio_core.candles.frame import make_frame
from proratio_core.clock import FixedClock, to_ms
from proratio_core.derivatives import OpenInterest
from proratio_core.errors import DataError, TransientError
from proratio_core.exchange import CcxtSource
from proratio_core.replay import Fault, FaultKind, ReplayServer
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from tests.wire.markets import PERPETUAL, RULES, SPOT, START, perpetual_market, spot_market
from tests.wire.markets import candles as some_candles

HOURLY = SeriesKey("binance", SPOT, Timeframe.H1)


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    clock = FixedClock(START)
    clock.sleep(48 * 3_600)
    markets = [spot_market(some_candles(48)), perpetual_market(48)]
    with ReplayServer(markets, clock, record="binance") as running:
        yield running


@pytest.fixture
def source(server: ReplayServer) -> Iterator[CcxtSource]:
    made = CcxtSource("binance", clock=FixedClock(START), url=server.url, timeout_s=1)
    yield made
    made.close()


def test_rules_are_the_exchanges(source: CcxtSource) -> None:
    assert source.rules([SPOT, PERPETUAL]) == {SPOT: RULES, PERPETUAL: RULES}


def test_the_time_is_the_exchanges(source: CcxtSource) -> None:
    assert source.now_ms() == to_ms(START) + 48 * Timeframe.H1.ms
    assert source.skips_gaps


def test_no_row_gives_an_empty_frame_of_the_kind(source: CcxtSource) -> None:
    key = SeriesKey("binance", PERPETUAL, Timeframe.H1, SeriesKind.FUNDING)
    assert list(source.fetch(key, to_ms(START) * 2, 10).columns) == ["date", "funding_rate"]


def test_funding_published_late_is_kept_at_its_settlement(server: ReplayServer) -> None:
    market = perpetual_market(48)
    market.funding["date"] += np.timedelta64(7, "ms")
    clock = FixedClock(START)
    clock.sleep(48 * 3_600)
    key = SeriesKey("binance", PERPETUAL, Timeframe.H1, SeriesKind.FUNDING)
    with ReplayServer([market], clock, record="binance") as late:
        frame = CcxtSource("binance", clock=clock, url=late.url).fetch(key, 0, 10)
    assert list(frame["date"]) == list(perpetual_market(48).funding["date"])


def test_a_timeframe_the_exchange_lacks_is_refused(server: ReplayServer) -> None:
    source = CcxtSource("binance", clock=FixedClock(START), url=server.url)
    source._client.timeframes = {"1m": "1m"}
    with pytest.raises(DataError, match="no 1h candles; use one of 1m"):
        source.fetch(HOURLY, 0, 10)


def test_a_history_the_exchange_lacks_is_refused(server: ReplayServer) -> None:
    source = CcxtSource("binance", clock=FixedClock(START), url=server.url)
    source._client.has["fetchFundingRateHistory"] = False
    key = SeriesKey("binance", PERPETUAL, Timeframe.H1, SeriesKind.FUNDING)
    with pytest.raises(DataError, match="no history of funding_rate"):
        source.fetch(key, 0, 10)


def test_a_pair_nothing_resembles_is_refused(source: CcxtSource) -> None:
    with pytest.raises(DataError, match="does not trade QQQ/ZZZ; check the pair"):
        source.rules([Pair.parse("QQQ/ZZZ")])


def test_candles_of_another_record_are_not_taken_for_the_exchanges() -> None:
    clock = FixedClock(START)
    moved = "ask for --exchange replay, serve it without --as-now, or unset"
    remedies = {"simulated": "ask for --exchange simulated, or unset", "binance moved": moved}
    for record, remedy in remedies.items():
        with ReplayServer([spot_market(some_candles(5))], clock, record=record) as server:
            source = CcxtSource("binance", clock=clock, url=server.url)
            with pytest.raises(DataError, match=f"replays candles of '{record}'.*{remedy}"):
                source.fetch(HOURLY, 0, 10)


def test_whatever_is_played_back_may_be_kept_as_a_replays_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FixedClock(START)
    clock.sleep(5 * 3_600)
    key = SeriesKey("replay", SPOT, Timeframe.H1)
    with ReplayServer([spot_market(some_candles(5))], clock, record="binance moved") as server:
        source = CcxtSource("replay", clock=clock, url=server.url)
        assert len(source.fetch(key, 0, 10)) == 5
        monkeypatch.setattr(server, "_headers", {})  # as an exchange answers
        with pytest.raises(DataError, match=r"plays no record back.*--exchange binance"):
            source.fetch(key, 0, 10)


def test_simulated_candles_are_taken_as_simulated() -> None:
    clock = FixedClock(START)
    clock.sleep(5 * 3_600)
    with ReplayServer([spot_market(some_candles(5))], clock, record="simulated") as server:
        source = CcxtSource("simulated", clock=clock, url=server.url)
        key = SeriesKey("simulated", SPOT, Timeframe.H1)
        assert len(source.fetch(key, 0, 10)) == 5


def test_half_a_document_is_a_failure_and_not_an_empty_page(
    server: ReplayServer, source: CcxtSource
) -> None:
    server.faults.add(Fault(FaultKind.CUT_BODY))
    with pytest.raises(TransientError, match="try again"):
        source.fetch(HOURLY, 0, 10)


def test_an_exchange_without_a_clock_is_given_this_machines(server: ReplayServer) -> None:
    source = CcxtSource("binance", clock=FixedClock(START), url=server.url)
    source._client.has["fetchTime"] = False
    assert source.now_ms() == to_ms(START)


def test_open_interest_is_what_the_exchange_states_at_its_own_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, seen_ms = FixedClock(START), to_ms(START) + 60_123
    clock.sleep(120)
    figures = make_frame(
        np.array([seen_ms, seen_ms + 60_000]), {"open_interest": np.array([80_123.45, 1.0])}
    )
    market = replace(perpetual_market(48), open_interest=figures)
    with ReplayServer([market], clock, record="binance") as server:
        source = CcxtSource("binance", clock=clock, url=server.url)
        assert source.open_interest(PERPETUAL) == OpenInterest(PERPETUAL, seen_ms, 80_123.45)
    stated = {"symbol": "BTCUSDT", "time": seen_ms}
    monkeypatch.setattr(
        source._client, "fapiPublicGetOpenInterest", lambda _: stated, raising=False
    )
    monkeypatch.setattr(source._client, "last_response_headers", {})
    with pytest.raises(TransientError, match="stated no open interest"):
        source.open_interest(PERPETUAL)


def test_open_interest_nobody_recorded_is_refused_and_not_made_up(source: CcxtSource) -> None:
    with pytest.raises(DataError, match="No open interest of BTCUSDT is recorded up to this"):
        source.open_interest(PERPETUAL)
    with pytest.raises(DataError, match="does not tell the open interest of BTC/USDT"):
        source.open_interest(SPOT)
