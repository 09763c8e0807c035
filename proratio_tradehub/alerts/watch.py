"""Follows what is stored and tells it, at least once: the cursor moves when a message is accepted.

While nothing gets through, nothing is held in memory: the rows stay where they are, and the next
message sums them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import DataError, ProratioError
from proratio_signals.profile import Profile
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.cursor import Begun, Cursor, CursorFile
from proratio_tradehub.alerts.messages import message_of
from proratio_tradehub.alerts.news import Failure, News, Orders
from proratio_tradehub.alerts.silence import hushed, silences
from proratio_tradehub.alerts.stored import (
    begin_incidents,
    begin_refusals,
    begin_votes,
    degraded_votes,
    drift_alarms,
    incidents,
    refusals,
)
from proratio_tradehub.alerts.summaries import summaries
from proratio_tradehub.alerts.trading import trade_news
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.halts import HaltFile, HaltLedger, Halts
from proratio_tradehub.marks import Mark

__all__ = ["QUIET_S", "AlertWatch"]

QUIET_S: Final = 900.0
"""At least so long between two summaries of the same kind; orders and trades are told at once."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Part:
    """News to tell, and what of the cursor has changed when it is told."""

    topic: str
    news: tuple[News, ...]
    changes: Mapping[str, Any]


class AlertWatch:
    """Tells one channel what is stored.

    Without a cursor it begins with what holds now: restraints that hold are told, what is over is
    not, and of everything else what happens from then on.

    Parameters
    ----------
    channel
        Where it is told.
    file
        How far it was told.
    halt_file
        The orders of this machine; those of PostgreSQL are followed besides.
    profile
        Whose voters may drift.
    clock
        The time it is, and the waiting between messages.
    reports
        Returns the last risk report of each bot; may raise.
    quiet_s
        At least so long between two summaries of the same kind.
    """

    def __init__(
        self,
        channel: Channel,
        file: CursorFile,
        *,
        halt_file: HaltFile,
        profile: Profile,
        clock: Clock,
        reports: Callable[[], Sequence[RiskReport]] = tuple,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._channel = channel
        self._file = file
        self._halt_file = halt_file
        self._profile = profile
        self._clock = clock
        self._reports = reports
        self._quiet_s = quiet_s
        self._looked_at: dict[str, float] = {}
        self._is_away_told = False
        self.sent = 0

    def round(self, database: Database | ProratioError) -> None:
        """Tell what there is; without the database, the orders of the halt file.

        Raises
        ------
        ConfigurationError, RateLimitError, TransientError
            A message was not accepted; it, and what comes after it, is told in a later round.
        DataError
            Even the title of a message is refused, or the cursor's file is not readable.
        """
        ledger = database if isinstance(database, ProratioError) else HaltLedger(database)
        halts = Halts(self._halt_file, ledger, clock=self._clock)
        cursor = self._file.read() or Cursor(_over(halts))
        cursor = self._told(self._orders(halts, cursor), cursor)
        cursor = self._told(self._silence(cursor), cursor)
        for part in self._stored(database, cursor):
            cursor = self._told(part, cursor)

    def _orders(self, halts: Halts, cursor: Cursor) -> _Part:
        new = tuple(event for event in halts.history() if event.id not in cursor.orders)
        news = (Orders(Mark.EVERY_BOT, new),) if new else ()
        known = cursor.orders | {event.id for event in new}
        return _Part("orders", news, {"orders": known})

    def _silence(self, cursor: Cursor) -> _Part:
        """Return who fell silent; at the beginning nobody, whoever reports no more by then."""
        now = self._clock.now()
        try:
            reports = self._reports()
        except ProratioError as error:
            _log.warning("alerts: whether a bot is silent is not known", error=str(error))
            return _Part("silence", (), {})
        if cursor.accounts is None:
            return _Part("silence", (), {"accounts": Begun(now, silent=hushed(reports, now=now))})
        news, accounts = silences(reports, cursor.accounts, now=now)
        return _Part("silence", news, {"accounts": accounts})

    def _stored(self, database: Database | ProratioError, cursor: Cursor) -> tuple[_Part, ...]:
        """Return what the database has to tell: all of it is read before any of it is sent."""
        try:
            if isinstance(database, ProratioError):
                raise database
            parts = tuple(self._read(database, cursor))
        except ProratioError as error:
            return () if self._is_away_told else (self._absence(error),)
        self._is_away_told = False
        return parts

    def _read(self, database: Database, cursor: Cursor) -> Iterator[_Part]:
        if cursor.votes is None or cursor.refusals is None or cursor.incidents is None:
            yield _Part("beginning", (), _beginning(database, cursor))
            return
        if cursor.accounts is not None:
            yield from self._accounts(database, cursor.accounts)
        if self._is_due("incidents"):
            happened, position = incidents(database, cursor.incidents)
            yield _Part("incidents", happened, {"incidents": position})
        if self._is_due("votes"):
            votes, position = degraded_votes(database, cursor.votes)
            yield _Part("votes", votes, {"votes": position})
        if self._is_due("refusals"):
            refused, position = refusals(database, cursor.refusals)
            yield _Part("refusals", refused, {"refusals": position})
        if self._is_due("drift") and not self._profile.is_rules:
            self._looked_at["drift"] = self._clock.monotonic()
            alarms = drift_alarms(database, self._profile, now=self._clock.now())
            fresh = tuple(one for one in alarms if one.voter not in cursor.drifting)
            yield _Part("drift", fresh, {"drifting": frozenset(one.voter for one in alarms)})

    def _accounts(self, database: Database, begun: Begun) -> Iterator[_Part]:
        for told in trade_news(database, begun):
            begun = told.after
            yield _Part("trades", (told.news,), {"accounts": begun})
        for summed in summaries(database, begun, now=self._clock.now()):
            yield _Part("summaries", summed.news, {"accounts": summed.after})

    def _absence(self, error: ProratioError) -> _Part:
        remedy = "no bot enters while the database is away; see `proratio doctor`"
        what = Failure(Mark.EVERY_BOT, self._clock.now(), "the database", str(error), remedy)
        return _Part("absence", (what,), {})

    def _told(self, part: _Part, cursor: Cursor) -> Cursor:
        """Send a part, then move the cursor behind it."""
        for one in filter(self._channel.takes, part.news):
            self._send(one)
            self.sent += 1
            self._looked_at[part.topic] = self._clock.monotonic()
            self._clock.sleep(self._channel.pace_s)
        self._is_away_told |= part.topic == "absence"
        after = msgspec.structs.replace(cursor, **part.changes)
        if after != cursor:
            self._file.write(after)
        return after

    def _send(self, news: News) -> None:
        """Send one message; of one that is refused for what it is, at least the title."""
        message = message_of(news)
        try:
            self._channel.send(message)
        except DataError as error:
            remedy = "see `proratio risk history`, `proratio report daily`"
            what = f"{message.title}: {error}"
            self._clock.sleep(self._channel.pace_s)
            told = Failure(news.mark, news.at, "a message that was refused", what, remedy)
            self._channel.send(message_of(told))

    def _is_due(self, topic: str) -> bool:
        looked_at = self._looked_at.get(topic)
        return looked_at is None or self._clock.monotonic() - looked_at >= self._quiet_s


def _over(halts: Halts) -> frozenset[str]:
    """Return the orders that no longer restrain anything."""
    holding = {event.id for event in halts.standing().restraints}
    return frozenset(event.id for event in halts.history()) - holding


def _beginning(database: Database, cursor: Cursor) -> dict[str, Any]:
    """Return where the tables that were never looked at begin: at their end."""
    begins = {
        "votes": begin_votes,
        "refusals": begin_refusals,
        "incidents": begin_incidents,
    }
    return {
        name: begin(database) for name, begin in begins.items() if getattr(cursor, name) is None
    }
