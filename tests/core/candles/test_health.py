"""The health report: every stored candle checked, every gap listed with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.candles import CandleStore, GapLedger
from proratio_core.candles.frame import empty_frame
from proratio_core.candles.gaps import Gap
from proratio_core.candles.health import ListedGap, check_health
from proratio_core.database import Database
from proratio_core.errors import DataError
from tests.core.candles.candle_frames import FUNDING, NOW, PERPETUAL, SPOT, START, candles, funding


def _gap(first: int, last: int) -> Gap:
    return Gap(START + timedelta(hours=first), START + timedelta(hours=last), last - first + 1)


@pytest.fixture
def store(database: Database) -> CandleStore:
    return CandleStore(database)


def test_sound_series_has_nothing_to_report(database: Database, store: CandleStore) -> None:
    store.write(SPOT, candles())
    store.write(FUNDING, funding())
    spot, rates = check_health(store, GapLedger(database), now=NOW)
    assert (spot.key, spot.rows, spot.gaps, spot.findings) == (SPOT, 24, (), ())
    assert (spot.first_open_time, spot.last_open_time) == (START, START + timedelta(hours=23))
    assert (rates.key, rates.rows, rates.gaps) == (FUNDING, 9, ())


def test_gap_is_listed_with_its_reason_or_as_not_asked_for(
    database: Database, store: CandleStore
) -> None:
    ledger = GapLedger(database)
    store.write(SPOT, candles().drop(index=[3, 4, 5, 6, 10]))
    ledger.record(SPOT, [_gap(4, 5)], reason="the exchange was down")
    (health,) = check_health(store, ledger, now=NOW)
    assert health.gaps == (
        ListedGap(_gap(3, 3), None),
        ListedGap(_gap(4, 5), "the exchange was down"),
        ListedGap(_gap(6, 6), None),
        ListedGap(_gap(10, 10), None),
    )
    assert health.missing_candles == 5


def test_gap_that_was_filled_since_is_no_longer_listed(
    database: Database, store: CandleStore
) -> None:
    ledger = GapLedger(database)
    ledger.record(SPOT, [_gap(4, 5)], reason="the exchange was down")
    store.write(SPOT, candles())
    (health,) = check_health(store, ledger, now=NOW)
    assert health.gaps == ()


def test_candle_broken_in_the_database_is_found(database: Database, store: CandleStore) -> None:
    store.write(SPOT, candles())
    with database.transaction() as cursor:
        cursor.execute("UPDATE candle SET high = low / 2 WHERE open_time = %s", (START,))
    (health,) = check_health(store, GapLedger(database), now=NOW)
    assert [finding.code for finding in health.errors] == ["geometry"]
    assert health.errors[0].open_time == START


def test_series_without_rows_is_reported_as_such(database: Database, store: CandleStore) -> None:
    store.write(SPOT, empty_frame())
    (health,) = check_health(store, GapLedger(database), now=NOW)
    assert (health.rows, health.first_open_time, health.gaps) == (0, None, ())


def test_only_the_series_asked_for_are_read_and_progress_is_told(
    database: Database, store: CandleStore
) -> None:
    store.write(SPOT, candles())
    store.write(PERPETUAL, candles())
    told: list[tuple[int, int]] = []
    health = check_health(
        store,
        GapLedger(database),
        [PERPETUAL],
        now=NOW,
        progress=lambda done, total, _health: told.append((done, total)),
    )
    assert [one.key for one in health] == [PERPETUAL]
    assert told == [(1, 1)]


def test_series_that_is_not_stored_is_named(database: Database, store: CandleStore) -> None:
    with pytest.raises(DataError, match="binance BTC/USDT 1h is not in the store"):
        check_health(store, GapLedger(database), [SPOT], now=NOW)
