"""Does the ledger hold votes that could not have been given at the time they claim?

A vote claims to judge the candles closed by its `as_of`, and carries the hash of what the voters
were shown. Cutting the stored candles at that moment and taking the snapshot again must give the
same hash. It does not when the voters saw later candles, when the vote is stamped with an earlier
moment than it was given for, or when the candles were corrected since. What it was shown of a
perpetual besides has to stand in the store with a time before that moment; a process that saw less,
or saw it later, leaked nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.ledger import Ledger, LedgerVote
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot
from proratio_signals.surroundings import stored_derivatives

__all__ = ["unfounded_votes"]


def unfounded_votes(
    ledger: Ledger, store: CandleStore, key: SeriesKey, *, profile_hash: str
) -> tuple[LedgerVote, ...]:
    """Return the votes on a series that do not follow from the candles known at their moment.

    Parameters
    ----------
    ledger, store
        The votes, and the candles they claim to judge.
    key, profile_hash
        Whose votes on what.
    """
    votes = ledger.votes(key, profile_hash)
    if not votes:
        return ()
    first = min(vote.question.as_of for vote in votes)
    reach = timedelta(milliseconds=key.timeframe.ms * WINDOW_CANDLES)
    frame = store.read(key, Timerange(first - reach, None))
    closes = open_times_ms(frame) + key.timeframe.ms
    shown = ledger.derivatives_shown(vote.snapshot_hash for vote in votes)
    known_then = stored_derivatives(store, key, Timerange(first, None)) if shown else None

    def founded(vote: LedgerVote) -> bool:
        known = int(np.searchsorted(closes, to_ms(vote.question.as_of), side="right"))
        window = frame.iloc[max(0, known - WINDOW_CANDLES) : known]
        as_of, more = vote.question.as_of, shown.get(vote.snapshot_hash)
        try:
            taken = replace(take_snapshot(window, key, as_of), derivatives=more)
        except DataError:  # no such window: nothing the vote could have judged
            return False
        could = more is None or (known_then is not None and known_then.could_show(more, as_of))
        return could and taken.hash == vote.snapshot_hash

    return tuple(vote for vote in votes if not founded(vote))
