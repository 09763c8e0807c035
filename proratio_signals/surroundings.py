"""What is stored of a perpetual besides its candles, for the panels that are shown it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from proratio_core.candles import CandleStore
from proratio_core.derivatives import OpenInterestStore
from proratio_core.values import Market, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.derivatives import DerivativesHistory
from proratio_signals.profile import Profile

__all__ = ["read_derivatives", "stored_derivatives"]

_REACH: Final = timedelta(days=8)
"""Seven days of settlements, and the one before them."""


def read_derivatives(
    store: CandleStore, key: SeriesKey, profile: Profile, timerange: Timerange
) -> DerivativesHistory | None:
    """Return funding and open interest as stored; None for a panel or a pair without.

    Parameters
    ----------
    store
        Where candles, and in the same database the rest, are kept.
    key, profile
        Who is asked about what.
    timerange
        Span of the moments that will be asked for.
    """
    if not profile.reads_derivatives or key.market is not Market.PERPETUAL:
        return None
    return stored_derivatives(store, key, timerange)


def stored_derivatives(
    store: CandleStore, key: SeriesKey, timerange: Timerange
) -> DerivativesHistory:
    """Return funding and open interest of a perpetual as stored, as far as a span needs them."""
    start = None if timerange.start is None else timerange.start - _REACH
    reach = Timerange(start, None)
    funding = store.read(replace(key, timeframe=Timeframe.H1, kind=SeriesKind.FUNDING), reach)
    interest = OpenInterestStore(store.database).read(key.exchange, key.pair, reach)
    return DerivativesHistory(funding, interest)
