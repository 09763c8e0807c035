"""What the replay exchange does wrong on request: scripts of faults for data and for orders."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Fault", "FaultKind", "FaultScript", "Traffic", "spoil_rows"]


class Traffic(StrEnum):
    """What a request is about; each has a script of its own."""

    ROWS = "candles, marks, funding"
    ORDERS = "placing an order"
    OTHER = "everything else"


class FaultKind(StrEnum):
    """What goes wrong with one request."""

    RATE_LIMIT = "429 with Retry-After"
    BAN = "418 with Retry-After"
    SERVER_ERROR = "5xx"
    SILENCE = "no answer"
    RESET = "connection reset"
    CUT_BODY = "half a JSON document"
    TRUNCATED = "the second half of the rows is missing"
    HOLED = "the middle of the rows is missing"
    EMPTY = "no rows"
    DUPLICATED = "every row twice"
    UNORDERED = "rows shuffled"
    REPLY_LOST = "done, and the connection dropped before the reply"
    REJECTED = "refused with an error document"


_QUIET = frozenset({FaultKind.RATE_LIMIT, FaultKind.BAN})
_SEEDED = tuple(
    kind
    for kind in FaultKind
    if kind not in {FaultKind.SILENCE, FaultKind.REPLY_LOST, FaultKind.REJECTED}
)
"""What befalls requests for rows in a random script."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Parameters
    ----------
    kind
        What goes wrong.
    seconds
        How long the client must stay away (rate limit, ban) or is left without answer (silence).
    status
        The HTTP status of a server error.
    order_type
        Only an order of this type, in Binance's words, uses it up; empty for any.
    """

    kind: FaultKind
    seconds: float = 1.0
    status: int = 503
    order_type: str = ""


class FaultScript:
    """Deals out faults in order, one a request, and watches whether bans are honoured.

    Parameters
    ----------
    faults
        What happens to the first, second, ... request for rows; None leaves one alone, and so are
        all after the last.
    orders
        The same for requests that place an order.
    """

    def __init__(
        self, faults: Iterable[Fault | None] = (), *, orders: Iterable[Fault | None] = ()
    ) -> None:
        self._waiting = {Traffic.ROWS: deque(faults), Traffic.ORDERS: deque(orders)}
        self._quiet_until_s = 0.0
        self._quiet_kind = FaultKind.BAN
        self.dealt: list[Fault] = []
        self.early_requests = 0

    @classmethod
    def seeded(cls, seed: int, *, requests: int, fault_frac: float) -> FaultScript:
        """Return a reproducible random script.

        Parameters
        ----------
        seed
            The same seed gives the same faults.
        requests
            How many requests the script covers.
        fault_frac
            The share of them that fail.
        """
        chance = random.Random(seed)  # noqa: S311  # a test script, not a secret
        return cls(
            Fault(chance.choice(_SEEDED), seconds=chance.randint(1, 120))
            if chance.random() < fault_frac
            else None
            for _ in range(requests)
        )

    def add(self, *faults: Fault | None) -> None:
        """Append to the script for rows of a running server."""
        self._waiting[Traffic.ROWS].extend(faults)

    def add_for_orders(self, *faults: Fault | None) -> None:
        """Append to the script for orders of a running server."""
        self._waiting[Traffic.ORDERS].extend(faults)

    def forget(self) -> None:
        """Deal nothing more of what waits."""
        for waiting in self._waiting.values():
            waiting.clear()

    def next(self, now_s: float, traffic: Traffic, *, order_type: str = "") -> Fault | None:
        """Return what happens to a request that arrives at `now_s`.

        Parameters
        ----------
        now_s
            Monotonic seconds of the server's clock.
        traffic
            What it is about; a ban is for all.
        order_type
            Of an order that is placed.
        """
        if now_s < self._quiet_until_s:
            self.early_requests += 1
            return Fault(self._quiet_kind, seconds=self._quiet_until_s - now_s)
        waiting = self._waiting.get(traffic)
        if not waiting or not _is_for(waiting[0], order_type):
            return None
        fault = waiting.popleft()
        if fault is None:
            return None
        self.dealt.append(fault)
        if fault.kind in _QUIET:
            self._quiet_until_s, self._quiet_kind = now_s + fault.seconds, fault.kind
        return fault


def _is_for(fault: Fault | None, order_type: str) -> bool:
    return fault is None or fault.order_type in {"", order_type}


def spoil_rows(rows: list[Any], kind: FaultKind) -> list[Any]:
    """Return the rows of an answer as a fault leaves them; unchanged when it is not about rows."""
    third = len(rows) // 3
    match kind:
        case FaultKind.EMPTY:
            return []
        case FaultKind.TRUNCATED:
            return rows[: (len(rows) + 1) // 2]
        case FaultKind.HOLED:
            return rows[:third] + rows[2 * third :]
        case FaultKind.DUPLICATED:
            return [row for row in rows for _ in range(2)]
        case FaultKind.UNORDERED:
            return rows[1::2] + rows[::2][::-1]
        case _:
            return rows
