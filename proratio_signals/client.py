"""The trading process's side: submit a question, poll for votes, decide from memory.

It imports no provider and needs no key of one. Submitting and polling are begun and never waited
for; only who wants to enter waits for the poll under way, at most until 250 ms after its beginning.
What is not known for certain is no: a vote approves an entry only when it judged the very candles
that were submitted, came while it was of use, the last poll went well, and the service is not in
safe mode.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

from proratio_core.clock import Clock, SystemClock, to_ms
from proratio_core.database import Database, open_database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_core.values import SeriesKey, Timeframe
from proratio_signals.cache import VoteCache, open_cache
from proratio_signals.courier import LIMIT_S, Courier, Errand
from proratio_signals.opinions import Action
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.queue import Inquiry, QuestionQueue, State
from proratio_signals.records import LedgerVote
from proratio_signals.repeats import read_steadiness
from proratio_signals.steadiness import NOTHING_REPEATED, Steadiness

__all__ = ["OnReply", "SignalClient"]

_REDIS_LIMIT_S: Final = 0.08
"""To connect, and to read: together short enough to ask the ledger within the same call."""

_STEADINESS_S: Final = 600.0
"""How often the client looks whether repeats have shown more."""

_BUY: Final = frozenset({Action.BUY})

_IN_VAIN: Final = frozenset({State.FAILED, State.EXPIRED})

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


OnReply = Callable[[Question, State, str, LedgerVote | None], None]
"""Told how a question stands, why, and of its vote, whenever that changes."""

_Market = tuple[str, Timeframe]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question under way: its number once it is in the queue, its vote once there is one."""

    inquiry: Inquiry
    id: int | None = None
    vote: LedgerVote | None = None
    state: State = State.OPEN
    detail: str = ""


_Standing = tuple[Mapping[Question, _Asked], bool]
"""How each question stands, and whether no voter answers any more."""


class SignalClient:
    """Questions of one trading process to one profile.

    Parameters
    ----------
    settings
        Where the database and Redis are. Connecting begins at once and nobody waits for it.
    profile
        Who is asked.
    clock
        The time it is.
    limit_s
        The longest a poll may take.
    on_reply
        Told in the caller's thread what a poll found; must not raise.
    """

    def __init__(
        self,
        settings: Settings,
        profile: Profile,
        *,
        clock: Clock | None = None,
        limit_s: float = LIMIT_S,
        on_reply: OnReply | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._on_reply = on_reply
        self._asked: dict[Question, _Asked] = {}
        self._is_certain = False
        self._is_silent = False
        self._desk = _Desk(settings, profile, clock=self._clock, limit_s=limit_s)
        self._courier = Courier(limit_s=limit_s)
        self._courier.send(self._desk.open)
        self._profile = profile
        self._look_again_s = float("-inf")
        self._poll: Errand[_Standing] | None = None

    def submit(self, inquiry: Inquiry) -> None:
        """Put a question to the panel; submitted again, it is the same question.

        Nobody waits for it. What does not reach the queue now is delivered by a later `poll`.
        """
        question = inquiry.question
        known = self._asked.get(question)
        if known is None or known.inquiry.snapshot != inquiry.snapshot:
            self._asked[question] = _Asked(inquiry)
            self._courier.send(partial(self._desk.submit, inquiry))

    def poll(self) -> None:
        """Begin to look for votes on what was submitted and is still of use, and do not wait.

        Until what is found is known, every approval is 0; `approval` asks for it.
        """
        last, self._poll = self._poll, None
        self._is_certain = False
        if last is not None and not last.is_done:
            last.give_up()
        elif last is not None:
            self._take_in(last)
            self._is_certain = False
        self._look_at_repeats()
        now = self._clock.now()
        self._asked = {q: a for q, a in self._asked.items() if now < a.inquiry.valid_until}
        if self._asked:
            asked = tuple(self._asked.values())
            self._poll = self._courier.begin(partial(self._desk.catch_up, asked))

    def settle(self) -> None:
        """Take in what the last poll found; waits for it, until 250 ms after it was begun.

        What went wrong is logged, and leaves every approval at 0 until a poll goes well.
        """
        last, self._poll = self._poll, None
        if last is not None:
            self._take_in(last)

    def _take_in(self, poll: Errand[_Standing]) -> None:
        try:
            found, is_silent = poll.result()
        except TransientError as error:
            _log.warning("no entries: %s", error)
            return
        for question, asked in found.items():
            known = self._asked.get(question)
            if known is None or known.inquiry.snapshot != asked.inquiry.snapshot:
                continue
            if asked.state in _IN_VAIN and asked.state is not known.state:
                _log.warning("signals: %s %s: %s", question, asked.state, asked.detail)
            self._asked[question] = asked
            has_changed = (asked.state, asked.vote) != (known.state, known.vote)
            if self._on_reply is not None and has_changed:
                self._on_reply(question, asked.state, asked.detail, asked.vote)
        self._is_certain = not is_silent
        if is_silent and not self._is_silent:
            _log.warning("signals: no voter answers; no entries until one does (safe mode)")
        self._is_silent = is_silent

    def verdict(self, question: Question) -> LedgerVote | None:
        """Return the vote that may be acted upon now; None where there is none for certain.

        It asks nobody: it looks at what the last poll found, and waits for that one if it has to.
        """
        self.settle()
        asked = self._asked.get(question)
        if not self._is_certain or asked is None or asked.vote is None:
            return None
        until, vote = asked.inquiry.valid_until, asked.vote
        return None if max(vote.available_at, self._clock.now()) >= until else vote

    def approval(self, question: Question, actions: Collection[Action] = _BUY) -> float:
        """Return the score, 0 to 1, of the vote that allows an entry now; 0 refuses it.

        Parameters
        ----------
        question
            The candle.
        actions
            Which votes allow one.
        """
        vote = self.verdict(question)
        return vote.score if vote is not None and vote.action in actions else 0.0

    def is_degraded(self, question: Question) -> bool:
        """Return whether the vote that would allow an entry lacks a voter, or is not known."""
        self.settle()
        asked = self._asked.get(question)
        return asked is None or asked.vote is None or asked.vote.degraded

    def stake_frac(self, question: Question) -> float:
        """Return the part of the stake, 0 to 1, that the vote's steadiness leaves; from memory.

        As long as repeats could not be read, the profile's assumption stands.
        """
        steadiness = self._desk.steadiness.get(_market(question.key), NOTHING_REPEATED)
        return steadiness.stake_frac(self._profile.stability, to_ms(question.as_of))

    def _look_at_repeats(self) -> None:
        """Have what repeats show read again now and then; nobody waits for it."""
        now_s = self._clock.monotonic()
        if self._profile.stability is None or now_s < self._look_again_s or not self._asked:
            return
        self._look_again_s = now_s + _STEADINESS_S
        for market in {_market(question.key) for question in self._asked}:
            self._courier.send(partial(self._desk.look_at_repeats, *market))

    def close(self) -> None:
        """Disconnect in the background; nobody waits for it."""
        self._courier.send(self._desk.close)
        self._courier.close()


class _Desk:
    """What the courier's thread works with: the database and the cache, opened on first use."""

    def __init__(
        self, settings: Settings, profile: Profile, *, clock: Clock, limit_s: float
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._clock = clock
        self._limit_s = limit_s
        self._resources = ExitStack()
        self._queue: QuestionQueue | None = None
        self._cache: VoteCache | None = None
        self._database: Database | None = None
        self.steadiness: dict[_Market, Steadiness] = {}

    def open(self) -> QuestionQueue:
        """Connect, unless that is done."""
        if self._queue is None:
            if self._settings.redis_url is not None:
                self._cache = open_cache(self._settings, self._clock, timeout_s=_REDIS_LIMIT_S)
            self._database = self._resources.enter_context(
                open_database(self._settings, statement_timeout_ms=int(self._limit_s * 1000))
            )
            self._queue = QuestionQueue(self._database, self._profile)
        return self._queue

    def close(self) -> None:
        """Disconnect."""
        self._queue = None
        self._resources.close()

    def submit(self, inquiry: Inquiry) -> int:
        """Return the number of the question in the queue."""
        return self.open().submit(inquiry)

    def catch_up(self, asked: Iterable[_Asked]) -> _Standing:
        """Return how each question stands now, and whether no voter answers any more."""
        queue = self.open()
        known = {
            one.inquiry.question: one if one.id is not None else self._delivered(one)
            for one in asked
        }
        known = {question: self._cached(one) for question, one in known.items()}
        pending = [one.id for one in known.values() if one.vote is None and one.id]
        replies, is_silent = queue.standing(pending)
        for question, one in known.items():
            reply = replies.get(one.id or 0)
            if reply is not None:
                known[question] = _Asked(one.inquiry, one.id, reply.vote, reply.state, reply.detail)
        return known, is_silent

    def look_at_repeats(self, exchange: str, timeframe: Timeframe) -> None:
        """Read what repeats have shown on a market by now."""
        self.open()
        if self._database is not None:
            self.steadiness[exchange, timeframe] = read_steadiness(
                self._database,
                self._profile,
                exchange=exchange,
                timeframe=timeframe,
                until=self._clock.now(),
            )

    def _delivered(self, asked: _Asked) -> _Asked:
        return _Asked(asked.inquiry, self.submit(asked.inquiry))

    def _cached(self, asked: _Asked) -> _Asked:
        """Return the question with the vote Redis has on these very candles, if it has one."""
        if self._cache is None or asked.vote is not None:
            return asked
        vote = self._cache.get(asked.inquiry.question, self._profile.hash)
        if vote is None or vote.snapshot_hash != asked.inquiry.snapshot.hash:
            return asked
        return _Asked(asked.inquiry, asked.id, vote, State.ANSWERED)


def _market(key: SeriesKey) -> _Market:
    return key.exchange, key.timeframe
