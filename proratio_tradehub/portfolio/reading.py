"""Returns and views out of the database; the rest of the package is pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from proratio_core.candles import CandleStore
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.ledger import Ledger
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.vote import tally
from proratio_tradehub.portfolio.returns import Returns, aligned_returns
from proratio_tradehub.portfolio.views import View, view_of

__all__ = ["read_returns", "read_views", "traded_pairs"]

_STALE = timedelta(days=7)


def traded_pairs(database: Database, exchange: str, timeframe: Timeframe) -> tuple[Pair, ...]:
    """Return the pairs of `exchange` whose stored candles reach the present, by name.

    A pair that ends more than a week before the newest one, as one that was delisted does, would
    cut the past that all of them share; it has to be named to take part.

    Raises
    ------
    DataError
        There is none.
    """
    store = CandleStore(database)
    extents = store.extents()
    last = {
        series.key.pair: extents[series.id].last_open_time
        for series in store.series(exchange=exchange)
        if series.key.timeframe is timeframe
        and series.key.kind is SeriesKind.CANDLE
        and series.id in extents
    }
    if not last:
        raise DataError(
            f"no {timeframe} candles of {exchange} are stored; import or download some "
            "(proratio data --help), or name another --timeframe"
        )
    newest = max(last.values())
    return tuple(sorted(pair for pair, end in last.items() if newest - end <= _STALE))


def read_returns(
    database: Database,
    keys: Sequence[SeriesKey],
    timerange: Timerange = Timerange(),  # noqa: B008
) -> Returns:
    """Return the returns of the series over the candles they share, an asset per pair.

    Raises
    ------
    DataError
        A series has no candles in the span, or they share too few.
    """
    store = CandleStore(database)
    frames = {str(key.pair): store.read(key, timerange) for key in keys}
    empty = [name for name, frame in frames.items() if frame.empty]
    if empty:
        raise DataError(
            f"{', '.join(empty)} {keys[0].timeframe} of {keys[0].exchange} has no candles in "
            f"{timerange}; import or download them (proratio data --help)"
        )
    return aligned_returns(frames)


def read_views(
    database: Database, keys: Sequence[SeriesKey], profile: Profile, returns: Returns
) -> tuple[View, ...]:
    """Return what the panel expected at the close of the last of `returns`; silence has no view.

    Only votes on exactly that candle count: an older one answered another question.
    """
    ledger = Ledger(database)
    views = []
    for key in keys:
        closed_at = from_ms(int(returns.open_ms[-1]) + key.timeframe.ms)
        vote = ledger.find(Question(key, closed_at), profile.hash)
        if vote is None:
            continue
        consensus = tally(
            ledger.ballots(vote.id), threshold=profile.threshold, quorum=profile.quorum
        )
        view = view_of(str(key.pair), consensus)
        if view is not None:
            views.append(view)
    return tuple(views)
