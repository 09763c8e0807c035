"""Asking the panel: cache, ledger, then the voters; what they say is kept before it is used.

A recorded answer is an answer to the candles it was given for. When those have changed since (a
correction, another scenario), the question is asked again and recorded as a further attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

from proratio_core.candles import CandleStore
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_core.values import Timerange
from proratio_signals.cache import VoteCache, open_cache
from proratio_signals.ledger import Decision, Ledger, LedgerVote, Origin
from proratio_signals.opinions import Consensus
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import WINDOW_CANDLES, Snapshot, take_snapshot
from proratio_signals.surroundings import read_derivatives
from proratio_signals.vote import tally
from proratio_signals.wording import prompts_for
from proratio_signals.wrappers.stack import guarded_providers

__all__ = ["Advisor", "Question", "open_advisor", "span_of"]


class Advisor:
    """Answers questions for one profile.

    Parameters
    ----------
    profile
        Who is asked, and when a vote acts.
    panel
        The voters.
    store
        Candles.
    ledger
        Where answers are kept.
    cache
        Where the latest are found faster.
    clock
        The time it is.
    """

    def __init__(
        self,
        profile: Profile,
        panel: Panel,
        *,
        store: CandleStore,
        ledger: Ledger,
        cache: VoteCache,
        clock: Clock,
    ) -> None:
        self.profile = profile
        self.store = store
        self._panel = panel
        self._ledger = ledger
        self._cache = cache
        self._clock = clock
        self._asking: WeakValueDictionary[Question, asyncio.Lock] = WeakValueDictionary()

    async def decide(self, question: Question, *, origin: Origin) -> LedgerVote:
        """Return the vote on a question, asking the panel only if nobody has.

        Parameters
        ----------
        question
            Which candle.
        origin
            Live when its candle has just closed, backfill for the past.

        Raises
        ------
        DataError
            The candle has not closed yet, or its window is not complete.
        TransientError
            The database is away; nothing was asked, or what was said could not be kept.
        """
        lock = self._asking.setdefault(question, asyncio.Lock())
        async with lock:  # the same question twice at once is asked once
            snapshot = await asyncio.to_thread(self.snapshot, question)
            vote = await asyncio.to_thread(self.find, question, snapshot)
            if vote is None:
                decision = await self.consider(question, snapshot, origin=origin)
                vote = await asyncio.to_thread(self.keep, decision)
            return vote

    async def consider(self, question: Question, snapshot: Snapshot, *, origin: Origin) -> Decision:
        """Ask the panel about a snapshot; nothing is looked up and nothing recorded."""
        self._check_closed(question)
        ballots = await self._panel.ask(prompts_for(self.profile, snapshot))
        consensus = tally(ballots, threshold=self.profile.threshold, quorum=self.profile.quorum)
        available_at = question.as_of + timedelta(seconds=_latency_s(consensus))
        if origin is Origin.LIVE:
            available_at = max(question.as_of, self._clock.now())
        return Decision(question, snapshot, consensus, origin, available_at)

    def snapshot(self, question: Question) -> Snapshot:
        """Return what is known at the close of the question's candle.

        Raises
        ------
        DataError
            The window is not complete.
        """
        span = span_of(question, question)
        frame = self.store.read(question.key, span)
        derivatives = read_derivatives(self.store, question.key, self.profile, span)
        return take_snapshot(frame, question.key, question.as_of, derivatives=derivatives)

    def keep(self, decision: Decision) -> LedgerVote:
        """Record a decision, then make it quick to find; return it as recorded.

        Raises
        ------
        TransientError
            The database is away; the same decision may be kept later.
        """
        (vote,) = self._ledger.record((decision,), self.profile)
        self._cache.put(vote)
        return vote

    def find(self, question: Question, snapshot: Snapshot) -> LedgerVote | None:
        """Return the answer that was given for these very candles, from cache or ledger."""
        vote = self._cache.get(question, self.profile.hash)
        if vote is not None and vote.snapshot_hash == snapshot.hash:
            return vote
        vote = self._ledger.find(question, self.profile.hash)
        if vote is None or vote.snapshot_hash != snapshot.hash:
            return None
        self._cache.put(vote)
        return vote

    def _check_closed(self, question: Question) -> None:
        now = self._clock.now()
        if question.as_of > now:
            raise DataError(
                f"{question}: that candle has not closed yet, it is {now:%Y-%m-%d %H:%M %Z}; ask "
                "about a closed one"
            )


@asynccontextmanager
async def open_advisor(
    settings: Settings,
    database: Database,
    profile: Profile,
    *,
    clock: Clock,
    occasion: str = "",
    recorded_as: Profile | None = None,
) -> AsyncIterator[Advisor]:
    """Yield the installation's advisor for a profile, its voters connected in this event loop.

    Parameters
    ----------
    settings, database, profile, clock
        The installation, and who is asked.
    occasion
        An answer that was paid for is never paid for again, so whoever wants several samples of
        the same question names each of them here.
    recorded_as
        The sibling under whose name the votes are looked for and kept; the money stays `profile`'s.

    Raises
    ------
    ConfigurationError
        A voter's provider is unknown or not configured, or the cache is not usable.
    """
    providers = guarded_providers(profile, settings, database, clock=clock, occasion=occasion)
    async with Panel(profile, providers, clock=clock) as panel:
        yield Advisor(
            recorded_as or profile,
            panel,
            store=CandleStore(database),
            ledger=Ledger(database),
            cache=open_cache(settings, clock),
            clock=clock,
        )


def span_of(first: Question, last: Question) -> Timerange:
    """Return the span of open times that the snapshots from `first` to `last` need."""
    reach = timedelta(milliseconds=first.key.timeframe.ms * WINDOW_CANDLES)
    return Timerange(first.as_of - reach, last.as_of)


def _latency_s(consensus: Consensus) -> float:
    """Return how long the panel took: all are asked at once, so as long as the slowest."""
    return max((ballot.answer.latency_s for ballot in consensus.ballots), default=0.0)
