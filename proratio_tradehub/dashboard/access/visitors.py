"""Who looks at the dashboard, what they may do, and for how long they are taken for themselves."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from proratio_core.clock import Clock

__all__ = ["Role", "Visitor", "Visitors"]

_LONGEST: Final = timedelta(hours=12)
_MOST_SESSIONS: Final = 1_000


class Role(StrEnum):
    """What somebody may do."""

    VIEWER = "viewer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is let in.

    Parameters
    ----------
    name
        As the record of actions has it: role, who it is where that is known, and address.
    role
        What they may do.
    since, seen_at
        When they signed in, and when they last did something; None where nobody signs in.
    session
        Names the session without opening it: what one-time tokens are bound to.
    """

    name: str
    role: Role
    since: datetime | None = None
    seen_at: datetime | None = None
    session: str = ""

    @property
    def may_act(self) -> bool:
        """Whether they may change anything."""
        return self.role is Role.OPERATOR


class Visitors:
    """The sessions of this process: a restart of the dashboard signs everybody out.

    Parameters
    ----------
    clock
        The time it is.
    idle_minutes
        Who does nothing for so long has to sign in again.
    """

    def __init__(self, clock: Clock, *, idle_minutes: int) -> None:
        self._clock = clock
        self._idle = timedelta(minutes=idle_minutes)
        self._lock = Lock()
        self._known: OrderedDict[str, Visitor] = OrderedDict()

    def sign_in(self, role: Role, address: str, who: str = "") -> str:
        """Begin a session; return the secret that its cookie carries."""
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        name = f"{role} {who} at {address}" if who else f"{role} at {address}"
        visitor = Visitor(name, role, now, now, secrets.token_hex(8))
        with self._lock:
            self._known[secret] = visitor
            while len(self._known) > _MOST_SESSIONS:
                self._known.popitem(last=False)
        return secret

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._lock:
            self._known.pop(secret, None)

    def find(self, secret: str | None) -> Visitor | None:
        """Return who carries this secret; None when nobody does, or not any more."""
        with self._lock:
            visitor = None if secret is None else self._known.get(secret)
            if visitor is None or secret is None:
                return None
            if self._is_over(visitor):
                del self._known[secret]
                return None
            return visitor

    def is_signed_in(self, visitor: Visitor) -> bool:
        """Return whether a visitor who signed in still is; who never had to, always is."""
        if visitor.since is None:
            return True
        with self._lock:
            known = next((v for v in self._known.values() if v.session == visitor.session), None)
        return known is not None and not self._is_over(known)

    def touch(self, secret: str | None) -> Visitor | None:
        """Return who carries this secret, as somebody who has just done something."""
        visitor = self.find(secret)
        if visitor is None or secret is None:
            return None
        with self._lock:
            active = replace(visitor, seen_at=self._clock.now())
            self._known[secret] = active
            return active

    def _is_over(self, visitor: Visitor) -> bool:
        now = self._clock.now()
        seen, since = visitor.seen_at or now, visitor.since or now
        return now - seen > self._idle or now - since > _LONGEST
