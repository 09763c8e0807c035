"""The candle store: what is written is read, twice is once, and versions tell the truth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from proratio_core.candles import CandleStore, Extent, WriteResult
from proratio_core.candles.frame import empty_frame
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from tests.core.candles.candle_frames import FUNDING, MARK, PERPETUAL, SPOT, START, candles, funding

ALL_KINDS = [
    (SPOT, candles()),
    (PERPETUAL, candles(seed=2)),
    (MARK, candles(seed=3)),
    (FUNDING, funding()),
]


@pytest.fixture
def store(database: Database) -> CandleStore:
    return CandleStore(database)


def test_every_kind_of_series_is_read_as_it_was_written(store: CandleStore) -> None:
    for key, frame in ALL_KINDS:
        store.write(key, frame)
    for key, frame in ALL_KINDS:
        pd.testing.assert_frame_equal(store.read(key), frame)


def test_float_survives_to_the_last_bit(store: CandleStore) -> None:
    frame = candles(3)
    frame["volume"] = [0.1 + 0.2, 5e-324, 1.7976931348623157e308]
    store.write(SPOT, frame)
    np.testing.assert_array_equal(store.read(SPOT)["volume"], frame["volume"])


def test_unknown_series_reads_as_an_empty_frame(store: CandleStore) -> None:
    pd.testing.assert_frame_equal(store.read(SPOT), empty_frame())
    assert store.span(SPOT) is None
    assert store.find([SPOT]) == {}


def test_writing_again_changes_nothing_and_keeps_the_version(store: CandleStore) -> None:
    assert store.write(SPOT, candles()) == WriteResult(24, 0, 0, 1)
    assert store.write(SPOT, candles()) == WriteResult(0, 0, 24, 1)


def test_append_is_no_rewrite(store: CandleStore) -> None:
    frame = candles(30)
    store.write(SPOT, frame.iloc[:20])
    assert store.write(SPOT, frame.iloc[15:]) == WriteResult(10, 0, 5, 2)
    stored = store.find([SPOT])[SPOT]
    assert (stored.version, stored.rewritten_version) == (2, 0)


def test_changed_candle_is_updated_and_counts_as_rewritten(store: CandleStore) -> None:
    frame = candles()
    store.write(SPOT, frame)
    frame.loc[[3, 20], "volume"] = 7.0
    assert store.write(SPOT, frame) == WriteResult(0, 2, 22, 2)
    assert store.find([SPOT])[SPOT].rewritten_version == 2
    pd.testing.assert_frame_equal(store.read(SPOT), frame)


def test_candles_inside_a_gap_and_before_the_first_are_inserted(store: CandleStore) -> None:
    frame = candles()
    store.write(SPOT, frame.iloc[[5, 6, 10]])
    assert store.write(SPOT, frame.iloc[:12]) == WriteResult(9, 0, 3, 2)
    assert store.find([SPOT])[SPOT].rewritten_version == 2
    pd.testing.assert_frame_equal(store.read(SPOT), frame.iloc[:12])


def test_empty_write_makes_the_series_and_changes_nothing(store: CandleStore) -> None:
    assert store.write(SPOT, empty_frame()) == WriteResult(0, 0, 0, 0)
    assert [stored.key for stored in store.series()] == [SPOT]


@pytest.mark.parametrize("order", [[0, 2, 1], [0, 1, 1]])
def test_unordered_or_repeated_open_times_are_refused(store: CandleStore, order: list[int]) -> None:
    with pytest.raises(DataError, match="binance BTC/USDT 1h: open times are not unique and asc"):
        store.write(SPOT, candles().iloc[order])
    assert store.series() == ()


@pytest.mark.parametrize("broken", [candles().drop(columns="low"), candles().assign(close=7)])
def test_what_is_no_candle_frame_is_refused(store: CandleStore, broken: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="binance BTC/USDT 1h: the column"):
        store.write(SPOT, broken)
    assert store.series() == ()


@pytest.mark.parametrize("row", [2, 22])
def test_value_that_is_not_finite_leaves_the_series_as_it_was(store: CandleStore, row: int) -> None:
    frame = candles()
    store.write(SPOT, frame.iloc[:20])
    frame.loc[0, "volume"] = 1.0
    frame.loc[row, "close"] = np.nan
    with pytest.raises(DataError, match="close holds NaN or infinity"):
        store.write(SPOT, frame)
    pd.testing.assert_frame_equal(store.read(SPOT), candles().iloc[:20])
    assert store.find([SPOT])[SPOT].version == 1


def test_replacing_deletes_what_lies_outside(store: CandleStore) -> None:
    store.write(SPOT, candles(30))
    inner = candles(30).iloc[5:12].reset_index(drop=True)
    result = store.replace(SPOT, inner)
    assert (result.updated, result.unchanged, result.version) == (23, 7, 2)
    pd.testing.assert_frame_equal(store.read(SPOT), inner)
    assert store.replace(SPOT, inner).version == 2


def test_replacing_by_nothing_is_refused(store: CandleStore) -> None:
    with pytest.raises(DataError, match="an empty frame replaces nothing"):
        store.replace(SPOT, empty_frame())


def test_timerange_is_half_open(store: CandleStore) -> None:
    store.write(SPOT, candles(48))
    day = store.read(SPOT, Timerange.parse("20240102-20240103"))
    assert len(day) == 24
    assert day["date"].iloc[0] == pd.Timestamp(START + timedelta(days=1))
    assert len(store.read(SPOT, Timerange(end=START + timedelta(hours=3)))) == 3


def test_span_and_extents_tell_how_far_a_series_reaches(store: CandleStore) -> None:
    store.write(SPOT, candles())
    store.write(FUNDING, funding(3))
    assert store.span(SPOT) == (START, START + timedelta(hours=23))
    ids = {stored.key: stored.id for stored in store.series()}
    assert store.extents() == {
        ids[SPOT]: Extent(24, START, START + timedelta(hours=23)),
        ids[FUNDING]: Extent(3, START, START + timedelta(hours=16)),
    }


def test_series_are_listed_in_a_stable_order_and_by_exchange(store: CandleStore) -> None:
    keys = [
        SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1),
        SeriesKey("binance", Pair.parse("ETH/USDT"), Timeframe.H1),
        SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.D1),
        SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.M5),
    ]
    for key in keys:
        store.ensure(key)
    assert [stored.key for stored in store.series()] == [keys[3], keys[2], keys[1], keys[0]]
    assert [stored.key for stored in store.series(exchange="simulated")] == keys[:1]


def test_series_keep_their_id(store: CandleStore) -> None:
    assert store.ensure(SPOT) == store.ensure(SPOT) != store.ensure(PERPETUAL)


def test_identity_differs_between_databases(store: CandleStore, postgres_url: str) -> None:
    other = Database(postgres_url)
    assert store.identity != CandleStore(other).identity
    other.close()


def test_writers_of_one_series_take_turns(database: Database) -> None:
    frame = candles(200)
    parts = [frame.iloc[i : i + 60] for i in range(0, 150, 10)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda part: CandleStore(database).write(SPOT, part), parts))
    store = CandleStore(database)
    pd.testing.assert_frame_equal(store.read(SPOT), frame)
    assert sum(result.inserted for result in results) == 200
    assert sum(result.updated for result in results) == 0


def test_table_locked_by_someone_else_is_transient(database: Database, database_url: str) -> None:
    other, store = Database(database_url), CandleStore(database)
    store.write(SPOT, candles(3))
    with other.transaction() as cursor:
        cursor.execute("LOCK TABLE candle IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TransientError, match="lock timeout"):
            store.read(SPOT)
    other.close()


def _values(frame: pd.DataFrame) -> list[tuple[float, ...]]:
    return list(frame.drop(columns="date").itertuples(index=False, name=None))


class StoreMachine(RuleBasedStateMachine):
    """Random writes against a dictionary that is right by construction."""

    store: CandleStore
    key: SeriesKey

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[int, tuple[float, ...]] = {}
        self.version = self.rewritten = 0

    @rule(hours=st.sets(st.integers(0, 40), min_size=1), seed=st.integers(0, 2))
    def write(self, hours: set[int], seed: int) -> None:
        frame = candles(41, seed=seed).iloc[sorted(hours)]
        newest = max(self.expected, default=-1)
        rows = dict(zip(sorted(hours), _values(frame), strict=True))
        changed = {h for h, row in rows.items() if self.expected.get(h) != row}
        result = self.store.write(self.key, frame)
        assert result.inserted == len(changed - set(self.expected))
        assert result.updated == len(changed & set(self.expected))
        assert result.unchanged == len(hours) - len(changed)
        self.version += bool(changed)
        self.rewritten = self.version if any(h <= newest for h in changed) else self.rewritten
        self.expected |= rows

    @precondition(lambda self: self.expected)
    @invariant()
    def holds_what_was_written(self) -> None:
        frame = self.store.read(self.key)
        hours = (frame["date"] - pd.Timestamp(START)) // pd.Timedelta("1h")
        found = dict(zip(hours, _values(frame), strict=True))
        assert found == self.expected
        stored = self.store.find([self.key])[self.key]
        assert (stored.version, stored.rewritten_version) == (self.version, self.rewritten)


def test_any_sequence_of_writes_equals_a_dictionary(database: Database) -> None:
    store, runs = CandleStore(database), iter(range(1_000_000))

    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__()
            self.store = store
            self.key = SeriesKey(
                "binance", Pair(f"RUN{next(runs)}", "USDT"), Timeframe.H1, SeriesKind.CANDLE
            )

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
