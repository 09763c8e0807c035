"""What became of every entry that a panel's vote allowed, whether anybody made it or not.

An entry is allowed by a BUY that was available while the next candle was still running. What it
came to is the price's move over the vote's horizon, the median of the horizons its voters named, as
in the panel's track record; nothing is said of stops, targets or costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.history import in_time, read_votes
from proratio_signals.opinions import MAX_HORIZON_CANDLES, Action
from proratio_signals.profile import Profile
from proratio_signals.scoring.calls import Floats
from proratio_signals.scoring.outcomes import outcomes_of
from proratio_signals.scoring.reading import read_statements
from proratio_signals.scoring.statements import Statements

__all__ = ["AllowedEntries", "read_allowed"]


@dataclass(frozen=True, slots=True, eq=False)
class AllowedEntries:
    """Allowed entries whose outcome is known, each column of shape (n,).

    Parameters
    ----------
    resolved_ms
        When the horizon's last candle had closed, milliseconds since the epoch.
    return_frac
        What the price had done by then, as a fraction, before costs.
    """

    resolved_ms: npt.NDArray[np.int64]
    return_frac: Floats


def read_allowed(
    database: Database, profile: Profile, keys: Sequence[SeriesKey], *, until: datetime
) -> AllowedEntries:
    """Return the entries into `keys` that a profile allowed and that were resolved by `until`.

    Parameters
    ----------
    database
        Where the ledger and the candles are. An entry whose candles are missing has no outcome.
    profile
        Whose votes; the latest attempt of each counts.
    keys
        The series that may be entered.
    until
        The moment this is read for.

    Raises
    ------
    TransientError
        The database is away.
    """
    found = [_read_series(database, profile, key, until=until) for key in keys]
    return AllowedEntries(
        np.concatenate([np.empty(0, np.int64), *(one.resolved_ms for one in found)]),
        np.concatenate([np.empty(0), *(one.return_frac for one in found)]),
    )


def _read_series(
    database: Database, profile: Profile, key: SeriesKey, *, until: datetime
) -> AllowedEntries:
    said = read_statements(
        database, profile, profile.hash, (key,), timerange=Timerange(), until=until
    )
    said = said.where(
        (said.vote_action == Action.BUY.code)
        & (said.vote_horizon_candles > 0)
        & np.isin(said.times_ms, _closes_in_time(database, profile, key, until=until))
    )
    if not len(said):
        return AllowedEntries(np.empty(0, np.int64), np.empty(0))
    outcomes = outcomes_of(
        CandleStore(database).read(key, _span(said, key)),
        said.times_ms,
        said.vote_horizon_candles,
        timeframe=key.timeframe,
        until_ms=to_ms(until),
    )
    known = ~np.isnan(outcomes.return_frac)
    return AllowedEntries(outcomes.resolved_ms[known], outcomes.return_frac[known])


def _closes_in_time(
    database: Database, profile: Profile, key: SeriesKey, *, until: datetime
) -> npt.NDArray[np.int64]:
    """Return the closes of the candles whose vote could still be acted upon."""
    votes = read_votes(database, key, profile_hash=profile.hash, until=until)
    return open_times_ms(votes)[in_time(votes, key.timeframe)]


def _span(said: Statements, key: SeriesKey) -> Timerange:
    """Return from when to when candles can matter, open times."""
    step = timedelta(milliseconds=key.timeframe.ms)
    first, last = (from_ms(int(said.times_ms[end])) for end in (0, -1))
    return Timerange(first - step, last + step * (MAX_HORIZON_CANDLES + 1))
