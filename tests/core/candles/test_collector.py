"""The collector against real ccxt and a real HTTP exchange that fails on purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from proratio_core.candles import CandleStore
from proratio_core.candles.collector import Collector
from proratio_core.candles.frame import open_times_ms
from proratio_core.candles.gaps import GapLedger, find_gaps
from proratio_core.candles.patience import Patience
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError, RateLimitError, TransientError
from proratio_core.exchange import CcxtSource
from proratio_core.replay import Fault, FaultKind, FaultScript, RecordedMarket, ReplayServer
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from tests.wire.markets import PERPETUAL, SPOT, START, candles, perpetual_market, spot_market

KEY = SeriesKey("binance", SPOT, Timeframe.H1)
HOURS = 2_600
NOON = START + timedelta(hours=HOURS - 1, minutes=30)
FROM_START = Timerange(START, None)
GAPS = {700, 701, 702, 1_500, *range(1_990, 2_010)}


class Bench:
    """A replayed exchange, a collector in front of it, and what the collector stored."""

    def __init__(self, database: Database, server: ReplayServer, clock: FixedClock) -> None:
        self.server, self.clock = server, clock
        self.source = CcxtSource("binance", clock=clock, url=server.url, timeout_s=1.0)
        self.store, self.gaps = CandleStore(database), GapLedger(database)
        patience = Patience(clock)
        self.collector = Collector(self.source, self.store, self.gaps, clock, patience)

    def asked(self, endpoint: str = "/api/v3/klines") -> int:
        return self.server.requests[endpoint]


@contextmanager
def bench(
    database: Database,
    markets: Collection[RecordedMarket],
    *,
    faults: FaultScript | None = None,
    now: datetime = NOON,
) -> Iterator[Bench]:
    clock = FixedClock(now)
    with ReplayServer(markets, clock, record="binance", faults=faults) as server:
        made = Bench(database, server, clock)
        yield made
        made.source.close()


def finished(frame: pd.DataFrame, now: datetime = NOON) -> pd.DataFrame:
    return frame[frame["date"] + pd.Timedelta(hours=1) <= now].reset_index(drop=True)


def test_everything_finished_is_stored_and_the_candle_in_progress_is_not(
    database: Database,
) -> None:
    source = candles(HOURS)
    with bench(database, [spot_market(source)]) as b:
        report = b.collector.collect(KEY, FROM_START)
        assert_frame_equal(b.store.read(KEY), finished(source))
        assert report.inserted == HOURS - 1
        assert report.gaps == ()
        assert b.asked() == 3  # 1,000 candles each


def test_a_second_run_asks_for_the_new_candles_only(database: Database) -> None:
    source = candles(HOURS)
    with bench(database, [spot_market(source)], now=NOON - timedelta(hours=2)) as b:
        b.collector.collect(KEY, FROM_START)
        before, b.clock.time = b.asked(), NOON
        report = b.collector.collect(KEY, FROM_START)
        assert (report.inserted, b.asked() - before) == (2, 1)
        assert b.collector.collect(KEY, FROM_START).requests == 0
        assert_frame_equal(b.store.read(KEY), finished(source))


def test_an_earlier_start_fetches_the_front_only(database: Database) -> None:
    source = candles(HOURS)
    with bench(database, [spot_market(source)]) as b:
        b.collector.collect(KEY, Timerange(START + timedelta(hours=2_000), None))
        report = b.collector.collect(KEY, FROM_START)
        assert (report.inserted, report.requests) == (2_000, 2)
        assert_frame_equal(b.store.read(KEY), finished(source))


def test_a_hole_in_the_store_is_filled_and_nothing_else_is_asked(database: Database) -> None:
    source = candles(HOURS)
    with bench(database, [spot_market(source)]) as b:
        b.store.write(KEY, finished(source).drop(index=range(800, 900)))
        report = b.collector.collect(KEY, FROM_START)
        assert (report.inserted, report.requests) == (100, 1)
        assert_frame_equal(b.store.read(KEY), finished(source))


def test_true_gaps_are_recorded_once_with_a_reason_and_not_asked_for_again(
    database: Database,
) -> None:
    source = candles(HOURS, without=GAPS)
    with bench(database, [spot_market(source)]) as b:
        report = b.collector.collect(KEY, FROM_START)
        true_gaps = find_gaps(open_times_ms(finished(source)), Timeframe.H1)
        assert report.gaps == true_gaps
        assert [known.gap for known in b.gaps.recorded(KEY)] == list(true_gaps)
        assert {known.reason for known in b.gaps.recorded(KEY)} == {
            "asked for exactly these, the exchange has none"
        }
        again = b.collector.collect(KEY, FROM_START)
        assert (again.requests, again.gaps) == (0, ())


def test_without_a_start_the_series_begins_where_the_exchange_does(database: Database) -> None:
    with bench(database, [spot_market(candles(50))], now=START + timedelta(hours=50)) as b:
        assert b.collector.collect(KEY, Timerange()).inserted == 50


def test_a_range_before_the_listing_stores_nothing_and_invents_no_gap(database: Database) -> None:
    with bench(database, [spot_market(candles(50))], now=START + timedelta(hours=50)) as b:
        early = Timerange(START - timedelta(days=900), START - timedelta(days=800))
        report = b.collector.collect(KEY, early)
        assert (report.inserted, report.gaps) == (0, ())


def test_a_delisted_pair_ends_without_a_gap(database: Database) -> None:
    with bench(database, [spot_market(candles(50))], now=START + timedelta(days=30)) as b:
        report = b.collector.collect(KEY, FROM_START)
        assert (report.inserted, report.gaps) == (50, ())


def test_an_end_between_two_candles_includes_the_one_that_opened(database: Database) -> None:
    with bench(database, [spot_market(candles(50))], now=START + timedelta(hours=50)) as b:
        b.collector.collect(KEY, Timerange(START, START + timedelta(hours=9.5)))
        assert len(b.store.read(KEY)) == 10


def test_a_clock_that_runs_ahead_of_the_exchange_stores_no_unfinished_candle(
    database: Database,
) -> None:
    with bench(database, [spot_market(candles(50))], now=START + timedelta(hours=9.5)) as b:
        ahead = FixedClock(START + timedelta(hours=20))
        collector = Collector(b.source, b.store, b.gaps, ahead, Patience(ahead))
        assert collector.collect(KEY, FROM_START).inserted == 9


@pytest.mark.parametrize("kind", list(SeriesKind))
def test_each_series_of_a_perpetual_equals_its_source(database: Database, kind: SeriesKind) -> None:
    market = perpetual_market(HOURS)
    key = SeriesKey("binance", PERPETUAL, Timeframe.H1, kind)
    source = {
        SeriesKind.CANDLE: market.candles[Timeframe.H1],
        SeriesKind.MARK: market.mark[Timeframe.H1],
        SeriesKind.FUNDING: market.funding,
    }[kind]
    with bench(database, [market], now=START + timedelta(hours=HOURS)) as b:
        report = b.collector.collect(key, FROM_START)
        assert report.gaps == ()
        assert_frame_equal(b.store.read(key), source)
        assert b.collector.collect(key, FROM_START).inserted == 0


FAULTS = [
    Fault(FaultKind.RATE_LIMIT, seconds=7),
    Fault(FaultKind.TRUNCATED),
    Fault(FaultKind.BAN, seconds=300),
    None,
    Fault(FaultKind.SERVER_ERROR, status=500),
    Fault(FaultKind.SERVER_ERROR, status=503),
    Fault(FaultKind.DUPLICATED),
    Fault(FaultKind.RESET),
    Fault(FaultKind.UNORDERED),
    Fault(FaultKind.CUT_BODY),
    Fault(FaultKind.HOLED),
    Fault(FaultKind.SILENCE, seconds=1.5),
    Fault(FaultKind.HOLED),
    Fault(FaultKind.EMPTY),
]


def test_after_every_scripted_fault_store_and_gaps_equal_the_source(database: Database) -> None:
    source = candles(HOURS, without=GAPS)
    script = FaultScript(FAULTS)
    wanted = Timerange(START, START + timedelta(hours=HOURS - 1))  # waiting moves the clock
    with bench(database, [spot_market(source)], faults=script) as b:
        b.collector.collect(KEY, wanted)
        assert_frame_equal(b.store.read(KEY), finished(source))
        true_gaps = find_gaps(open_times_ms(finished(source)), Timeframe.H1)
        assert [known.gap for known in b.gaps.recorded(KEY)] == list(true_gaps)
        assert script.early_requests == 0
        assert [fault.kind for fault in script.dealt] == [f.kind for f in FAULTS if f is not None]


@pytest.mark.parametrize("seed", range(5))
def test_random_faults_lose_double_and_invent_nothing(database: Database, seed: int) -> None:
    source = candles(HOURS, without=GAPS)
    script = FaultScript.seeded(seed, requests=400, fault_frac=0.5)
    wanted = Timerange(START, START + timedelta(hours=HOURS - 1))  # waiting moves the clock
    with bench(database, [spot_market(source)], faults=script) as b:
        for _ in range(4):  # an empty page may hide the newest candles until the next run
            b.collector.collect(KEY, wanted)
        assert_frame_equal(b.store.read(KEY), finished(source))
        true_gaps = find_gaps(open_times_ms(finished(source)), Timeframe.H1)
        assert [known.gap for known in b.gaps.recorded(KEY)] == list(true_gaps)
        assert script.early_requests == 0


def test_nothing_is_sent_while_a_ban_lasts(database: Database) -> None:
    script = FaultScript([Fault(FaultKind.BAN, seconds=100)])
    with bench(database, [spot_market(candles(50))], faults=script) as b:
        with pytest.raises(RateLimitError):
            b.source.fetch(KEY, 0, 10)
        sent = b.server.requests.total()
        b.clock.sleep(60)
        with pytest.raises(RateLimitError, match="silence for 40 s more") as refused:
            b.source.now_ms()
        assert refused.value.retry_after_s == pytest.approx(40, abs=1)
        assert b.server.requests.total() == sent
        b.clock.sleep(41)
        assert len(b.source.fetch(KEY, 0, 10)) == 10


def test_a_ban_of_days_is_reported_and_not_waited_for(database: Database) -> None:
    script = FaultScript([Fault(FaultKind.BAN, seconds=3 * 86_400)])
    with bench(database, [spot_market(candles(50))], faults=script) as b:
        with pytest.raises(RateLimitError, match="fewer requests"):
            b.collector.collect(KEY, FROM_START)
        assert b.clock.slept_s == []


def test_an_exchange_that_stays_broken_is_given_up_and_the_next_run_continues(
    database: Database,
) -> None:
    source = candles(HOURS)
    script = FaultScript([None, *([Fault(FaultKind.SERVER_ERROR)] * 8)])
    with bench(database, [spot_market(source)], faults=script) as b:
        with pytest.raises(TransientError, match="try again"):
            b.collector.collect(KEY, FROM_START)
        assert len(b.store.read(KEY)) == 1_000
        assert all(0 <= slept <= 60 for slept in b.clock.slept_s)
        b.collector.collect(KEY, FROM_START)
        assert_frame_equal(b.store.read(KEY), finished(source))


def test_candles_that_contradict_themselves_are_never_stored(database: Database) -> None:
    source = candles(50)
    source.loc[20, "high"] = 1.0
    with bench(database, [spot_market(source)], now=START + timedelta(hours=50)) as b:
        with pytest.raises(TransientError, match="low <= open, close <= high"):
            b.collector.collect(KEY, FROM_START)
        assert b.store.read(KEY).empty


def test_a_pair_the_exchange_does_not_trade_is_refused_with_a_suggestion(
    database: Database,
) -> None:
    with bench(database, [spot_market(candles(50))]) as b:
        key = SeriesKey("binance", Pair.parse("BTD/USDT"), Timeframe.H1)
        with pytest.raises(DataError, match="does not trade BTD/USDT; did you mean BTC/USDT"):
            b.collector.collect(key, FROM_START)


def test_progress_reaches_all_there_was_to_do(database: Database) -> None:
    told: list[tuple[int, int]] = []
    with bench(database, [spot_market(candles(HOURS))]) as b:
        b.collector.collect(
            KEY, FROM_START, progress=lambda done, expected: told.append((done, expected))
        )
    assert told[-1] == (HOURS - 1, HOURS - 1)
    assert told == sorted(told)


class Windowed:
    """A source whose pages are windows of time, as many exchanges have them."""

    skips_gaps = False

    def __init__(self, frame: pd.DataFrame, now: datetime) -> None:
        self.frame, self.now = frame, now

    def now_ms(self) -> int:
        return round(self.now.timestamp() * 1000)

    def fetch(self, key: SeriesKey, since_ms: int, limit: int) -> pd.DataFrame:
        times = open_times_ms(self.frame)
        return self.frame[(times >= since_ms) & (times < since_ms + limit * key.timeframe.ms)]


def test_an_empty_window_does_not_end_the_series(database: Database) -> None:
    source = candles(2_000, without=range(300, 1_200))
    now = START + timedelta(hours=2_000)
    clock = FixedClock(now)
    store, gaps = CandleStore(database), GapLedger(database)
    collector = Collector(Windowed(source, now), store, gaps, clock, Patience(clock))
    report = collector.collect(KEY, FROM_START)
    assert_frame_equal(store.read(KEY), source)
    assert [gap.candles for gap in report.gaps] == [900]


DOWNLOAD = textwrap.dedent("""
    import sys
    from datetime import UTC, datetime
    from proratio_core.candles import CandleStore
    from proratio_core.candles.collector import Collector
    from proratio_core.candles.gaps import GapLedger
    from proratio_core.candles.patience import Patience
    from proratio_core.clock import FixedClock, SystemClock
    from proratio_core.database import Database
    from proratio_core.exchange import CcxtSource
    from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
    url, database_url = sys.argv[1:]
    clock, database = SystemClock(), Database(database_url)
    source = CcxtSource("binance", clock=clock, url=url)
    collector = Collector(
        source, CandleStore(database), GapLedger(database), clock, Patience(clock)
    )
    key = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)
    collector.collect(
        key, Timerange(datetime(2024, 1, 1, tzinfo=UTC), None),
        progress=lambda done, expected: print(done, flush=True),
    )
""")


def test_killed_in_the_middle_and_resumed_gives_the_same_store(
    database: Database, database_url: str
) -> None:
    source = candles(HOURS, without=GAPS)
    script = FaultScript([None, Fault(FaultKind.SILENCE, seconds=30)])
    with bench(database, [spot_market(source)], faults=script) as b:
        process = subprocess.Popen(
            [sys.executable, "-c", DOWNLOAD, b.server.url, database_url],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert process.stdout is not None
        process.stdout.readline()  # the first page is in, the second hangs
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        partial = len(b.store.read(KEY))
        assert 0 < partial < len(source)
        b.collector.collect(KEY, FROM_START)
        assert_frame_equal(b.store.read(KEY), finished(source))
        true_gaps = find_gaps(open_times_ms(finished(source)), Timeframe.H1)
        assert [known.gap for known in b.gaps.recorded(KEY)] == list(true_gaps)


def test_recorded_bitcoin_survives_the_whole_path(database: Database, market_data: Path) -> None:
    recorded = pd.read_feather(market_data / "binance" / "BTC_USDT-1h.feather")
    now = datetime(2025, 11, 1, tzinfo=UTC)
    with bench(database, [spot_market(recorded)], now=now) as b:
        report = b.collector.collect(KEY, Timerange(datetime(2020, 1, 1, tzinfo=UTC), None))
        assert_frame_equal(b.store.read(KEY), recorded)
        assert report.gaps == find_gaps(open_times_ms(recorded), Timeframe.H1)
        assert np.isclose(b.store.read(KEY)["high"].max(), 126_199.63)
