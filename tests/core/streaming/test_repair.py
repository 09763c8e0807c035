"""What REST says decides: missing candles are fetched, wrong ones corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pandas.testing import assert_frame_equal

from proratio_core.candles import CandleStore
from proratio_core.candles.collector import Collector
from proratio_core.candles.gaps import GapLedger
from proratio_core.candles.patience import Patience
from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.exchange import CcxtSource
from proratio_core.replay import Fault, FaultKind, ReplayServer
from proratio_core.streaming.repair import Repairer
from proratio_core.values import SeriesKey, Timeframe, Timerange
from tests.wire.markets import SPOT, START, candles, spot_market

KEY = SeriesKey("binance", SPOT, Timeframe.H1)
TRUTH = candles(72)
NOON = START + timedelta(hours=60, seconds=1)
"""A second after a close: that candle is not asked for yet."""

COMPLETE_MS = to_ms(START + timedelta(hours=59))


class Bench:
    def __init__(self, database: Database, server: ReplayServer, clock: FixedClock) -> None:
        self.server, self.clock, self.store = server, clock, CandleStore(database)
        source = CcxtSource("binance", clock=clock, url=server.url, timeout_s=1.0)
        patience = Patience(clock, attempts=1)
        collector = Collector(source, self.store, GapLedger(database), clock, patience)
        self.repairer = Repairer(source, collector, self.store, clock)
        self.close = source.close


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    clock = FixedClock(NOON)
    with ReplayServer([spot_market(TRUTH)], clock, record="binance") as server:
        made = Bench(database, server, clock)
        yield made
        made.close()


def test_a_new_series_begins_a_day_ago_and_ends_at_the_last_settled_candle(bench: Bench) -> None:
    report = bench.repairer.repair(KEY, None)
    assert (report.complete_ms, report.inserted, report.corrected) == (COMPLETE_MS, 24, 0)
    assert_frame_equal(bench.store.read(KEY), TRUTH.iloc[35:59].reset_index(drop=True))
    bench.clock.sleep(1)
    assert bench.repairer.repair(KEY, report.complete_ms).inserted == 1


def test_the_day_is_fetched_also_when_the_stream_was_quicker(bench: Bench) -> None:
    bench.store.write(KEY, TRUTH.iloc[59:60])
    bench.repairer.repair(KEY, None)
    assert_frame_equal(bench.store.read(KEY), TRUTH.iloc[35:60].reset_index(drop=True))


def test_a_streamed_candle_that_was_early_is_corrected_and_counted(bench: Bench) -> None:
    early = TRUTH.iloc[35:59].copy()
    early.loc[57, ["close", "volume"]] = [early.loc[57, "open"], 0.5]
    bench.store.write(KEY, early)
    report = bench.repairer.repair(KEY, to_ms(START + timedelta(hours=50)))
    assert (report.complete_ms, report.inserted, report.corrected) == (COMPLETE_MS, 0, 1)
    assert_frame_equal(bench.store.read(KEY), TRUTH.iloc[35:59].reset_index(drop=True))


def test_a_hole_and_both_ends_are_filled(bench: Bench) -> None:
    bench.store.write(KEY, TRUTH.iloc[[20, 21, 40, 58]])
    assert bench.repairer.repair(KEY, None).inserted == 35
    whole = Timerange(START + timedelta(hours=20), None)
    assert_frame_equal(bench.store.read(KEY, whole), TRUTH.iloc[20:59].reset_index(drop=True))


@pytest.mark.parametrize("kind", [FaultKind.HOLED, FaultKind.EMPTY, FaultKind.TRUNCATED])
def test_an_answer_that_leaves_candles_out_confirms_nothing(bench: Bench, kind: FaultKind) -> None:
    bench.store.write(KEY, TRUTH.iloc[35:59])
    bench.server.faults.add(Fault(kind))
    with pytest.raises(TransientError, match="left out"):
        bench.repairer.repair(KEY, to_ms(START + timedelta(hours=35)))
    assert bench.repairer.repair(KEY, to_ms(START + timedelta(hours=35))).corrected == 0


def test_nothing_new_asks_nothing(bench: Bench) -> None:
    report = bench.repairer.repair(KEY, COMPLETE_MS)
    assert (report.complete_ms, report.inserted) == (COMPLETE_MS, 0)
    assert bench.server.requests["/api/v3/klines"] == 0
