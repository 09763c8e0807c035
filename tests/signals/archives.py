"""Recorded votes to export, and archives to damage on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proratio_core.database import Database
from proratio_core.values import SeriesKey
from proratio_signals.archive_file import Contents, open_archive, write_archive
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import AbstentionKind, Action, Answer
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import Windows
from proratio_signals.vote import tally
from tests.signals.samples import (
    BTC,
    ETH,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
OTHER = panel_profile(threshold=0.5)
NOW = datetime(2100, 1, 1, tzinfo=UTC)
AGREED = (said(Action.BUY, 0.9), said(Action.BUY, 0.7), said(Action.BUY, 1.0))
DEGRADED = (said(Action.SELL, 0.61), silent(AbstentionKind.REFUSED), said(Action.HOLD, 0.1))

_WINDOWS = {key: Windows(candle_frame(400), key) for key in (BTC, ETH)}


def decision(
    index: int, *, key: SeriesKey = BTC, answers: Iterable[Answer] = AGREED, seconds: float = 2.5
) -> Decision:
    """Return a decision on the candle at `index` of the sample."""
    question = Question(key, close_of(index))
    consensus = tally(ballots(*answers), threshold=PROFILE.threshold, quorum=PROFILE.quorum)
    available_at = question.as_of + timedelta(seconds=seconds)
    snapshot = _WINDOWS[key].at(question.as_of)
    return Decision(question, snapshot, consensus, Origin.BACKFILL, available_at)


def fill(database: Database, *, votes: int = 5, profile: Profile = PROFILE) -> None:
    """Record votes on two series, one of them degraded and asked again."""
    ledger = Ledger(database)
    for key in (BTC, ETH):
        ledger.record([decision(300 + n, key=key) for n in range(votes)], profile)
    ledger.record([decision(300, answers=DEGRADED)], profile)
    ledger.record([decision(299, answers=DEGRADED)], profile)


def rewritten(
    path: Path,
    change: Callable[[list[dict[str, Any]]], Iterable[Mapping[str, Any]] | None],
    *,
    profiles: Mapping[str, Mapping[str, Any]] | None = None,
) -> Contents:
    """Write an archive again with other rows, all hashes fitting, as a forger would."""
    with open_archive(path) as archive:
        rows = [dict(row) for batch in archive.batches() for row in batch]
        known = archive.contents.profiles
    changed = change(rows)
    return write_archive(path, [list(rows if changed is None else changed)], profiles or known)
