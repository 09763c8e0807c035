"""A shocked market is stored as simulated, and the same seed gives the same."""

from __future__ import annotations

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import SIMULATED, SeriesKey, Timeframe
from proratio_tradehub.stress import SHOCKED_PAIRS, SHOCKS, deepest_fall_frac, store_shocked


def test_it_is_stored_as_simulated_and_holds_the_shock(database: Database) -> None:
    store = CandleStore(database)
    gap = next(shock for shock in SHOCKS if shock.name == "gap")
    span = store_shocked(store, gap, seed=3)
    keys = [SeriesKey(SIMULATED, pair, Timeframe.H1) for pair in SHOCKED_PAIRS]
    assert {stored.key for stored in store.series()} == set(keys)
    frames = [store.read(key) for key in keys]
    assert all(deepest_fall_frac(frame) > 0.2 for frame in frames)
    assert span.start is not None
    assert span.start > frames[0]["date"].iloc[0]

    versions = [stored.version for stored in store.series()]
    store_shocked(store, gap, seed=3)
    assert [stored.version for stored in store.series()] == versions
    store_shocked(store, gap, seed=4)
    assert [stored.version for stored in store.series()] != versions
