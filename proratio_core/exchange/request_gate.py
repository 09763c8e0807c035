"""While an exchange has banned us, nothing is asked of it: a gate before a ccxt client's requests.

ccxt knows that it was told to wait and forgets it, and whoever calls it tries again; each request
during a ban makes the ban longer. The gate stands in front of every request of every client that
shares the address it was banned for.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Mapping
from typing import Any, Final

from proratio_core.clock import Clock, to_ms
from proratio_core.exchange.translation import stated_wait_s

__all__ = ["RequestGate"]

_STATUSES: Final = frozenset({418, 429})
_SERVER_FAILED: Final = 500
_UNSTATED_S: Final[Mapping[int, float]] = {418: 120.0, 429: 10.0}
"""How long to wait where the exchange does not say; Binance's shortest ban is two minutes."""

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class RequestGate:
    """Lets requests through except while the exchange has asked for none.

    Parameters
    ----------
    clock
        Whose monotonic time a ban is counted in.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed_until_s = 0.0
        self._statuses = threading.local()
        self.held_back = 0
        """Requests that were not sent."""

    @property
    def wait_s(self) -> float:
        """Return how long nothing may be asked; 0 when the gate is open."""
        return max(0.0, self._closed_until_s - self._clock.monotonic())

    @property
    def server_failed(self) -> bool:
        """Return whether the last answer in this thread was that the server itself had failed."""
        return getattr(self._statuses, "last", 0) >= _SERVER_FAILED

    def check(self) -> None:
        """Raise ccxt's error for a request that must not be sent now."""
        wait_s = self.wait_s
        if wait_s > 0.0:
            import ccxt  # noqa: PLC0415  # two seconds, only where an exchange is talked to

            self.held_back += 1
            raise ccxt.DDoSProtection(
                f"the exchange asked for no requests; the next is allowed in {wait_s:.0f} s"
            )

    def guard(self, client: Any) -> None:
        """Stand before every request of a ccxt client, one that waits or one that is awaited."""
        client.fetch = (
            self._awaited(client.fetch)
            if inspect.iscoroutinefunction(client.fetch)
            else self._called(client.fetch)
        )
        judge = client.handle_errors

        def noted(status: int, *words: Any) -> Any:
            _, _, _, headers, body, *_ = words  # reason, url, method, ...
            self._note(status, headers or {}, str(body))
            return judge(status, *words)

        client.handle_errors = noted

    def _called(self, fetch: Any) -> Any:
        def fetch_through(url: str, *rest: Any, **named: Any) -> Any:
            self._pass()
            return fetch(url, *rest, **named)

        return fetch_through

    def _awaited(self, fetch: Any) -> Any:
        async def fetch_through(url: str, *rest: Any, **named: Any) -> Any:
            self._pass()
            return await fetch(url, *rest, **named)

        return fetch_through

    def _pass(self) -> None:
        self._statuses.last = 0
        self.check()

    def _note(self, status: int, headers: Mapping[str, str], body: str) -> None:
        self._statuses.last = status
        if status not in _STATUSES:
            return
        stated = stated_wait_s(headers, body, now_ms=to_ms(self._clock.now()))
        wait_s = _UNSTATED_S[status] if stated is None else stated
        self._closed_until_s = max(self._closed_until_s, self._clock.monotonic() + wait_s)
        _log.error("the exchange answered %s: nothing is asked of it for %.0f s", status, wait_s)
