"""Frozen questions: the same snapshots for ever, of a market that never was; pure.

A model that answers them otherwise than before has been changed by its provider, whatever its name
says. The candles come from a seed, so no market data is shipped and nobody can have read about
them. A set is never edited: a change is a new version, and a test holds the hash of each probe.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from proratio_core.candles.scenario import DRIFTLESS, TRENDING, assets_of, generate
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.snapshot import WINDOW_CANDLES, Snapshot, Windows

__all__ = ["PROBE_EXCHANGE", "probe_snapshots"]

PROBE_EXCHANGE: Final = "probes_1"
"""Under which the ledger files their answers; the number is the version of the set."""

_START: Final = datetime(2019, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_PAIRS: Final = tuple(Pair(base, "USDT") for base in ("BTC", "ETH", "SOL", "XRP"))
_MARKETS: Final = ((TRENDING, 23), (DRIFTLESS, 10))


@cache
def probe_snapshots() -> tuple[Snapshot, ...]:
    """Return the probes: four assets in a trending and in a driftless market."""
    return tuple(_snapshot(pair, place) for place in range(len(_MARKETS)) for pair in _PAIRS)


def _snapshot(pair: Pair, place: int) -> Snapshot:
    regimes, seed = _MARKETS[place]
    candles = WINDOW_CANDLES * (place + 1)  # another close time, so that no two share a key
    frames = generate(
        assets_of(_PAIRS),
        Timeframe.H1,
        start=_START,
        candles=candles,
        seed=seed,
        regimes=regimes,
    )
    key = SeriesKey(PROBE_EXCHANGE, pair, Timeframe.H1)
    last = frames[pair]["date"].iloc[-1].to_pydatetime()
    return Windows(frames[pair], key).at(last + _HOUR)
