"""May this row of an archive be believed? Judged by itself and its profile alone; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from proratio_signals.archive_file import Row, name_of, vote_bytes
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.records import Origin
from proratio_signals.replay import replayed

__all__ = ["ArchiveCheck"]

_MOMENTS = ("as_of", "available_at", "recorded_at")


@dataclass(frozen=True, kw_only=True)
class ArchiveCheck:
    """Refuses rows that contradict themselves, their profile, or the time it is.

    Parameters
    ----------
    profiles
        Those of the archive, by hash.
    now
        The wall time.
    """

    profiles: Mapping[str, Profile]
    now: datetime

    def __call__(self, row: Row) -> None:
        """Return if the row can be believed.

        Raises
        ------
        DataError
            It cannot; the message names the vote and why.
        """
        try:
            self._check_times(row)
            _check_snapshot(row)
            self._check_vote(row)
        except (DataError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{name_of(row)}: {error}; nothing was imported") from error

    def _check_times(self, row: Row) -> None:
        for name in _MOMENTS:
            if row[name] > self.now:
                raise DataError(
                    f"{name} is {row[name]:%Y-%m-%d %H:%M:%S}, and it is "
                    f"{self.now:%Y-%m-%d %H:%M:%S} UTC: a vote from the future"
                )
        if row["available_at"] < row["as_of"]:
            raise DataError("it was available before its candle had closed")

    def _check_vote(self, row: Row) -> None:
        Origin(row["origin"])
        if row["attempt"] < 1:
            raise DataError(f"attempt {row['attempt']}; they count from 1")
        profile = self.profiles.get(row["profile_hash"])
        if profile is None:
            raise DataError("its profile is not in the file")
        if replayed(row, profile) != vote_bytes(row):
            raise DataError(
                "its ballots do not come to this vote when they are counted again; it was edited"
            )


def _check_snapshot(row: Row) -> None:
    key = SeriesKey(
        row["exchange"],
        Pair.parse(row["symbol"]),
        Timeframe.parse(row["timeframe"]),
        SeriesKind(row["kind"]),
    )
    Question(key, row["as_of"])
    document = json.loads(row["snapshot"])
    about = (document["series"], document["as_of"])
    if about != (str(key), row["as_of"].isoformat()):
        raise DataError(f"its snapshot is about {' at '.join(about)}")
