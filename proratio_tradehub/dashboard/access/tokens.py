"""One-time tokens: an action is carried out once, for the session it was shown to."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError

__all__ = ["ActionTokens"]

_GOOD_S: Final = 300.0
_MOST: Final = 1_000


class ActionTokens:
    """Tokens that were handed out and not yet used.

    Parameters
    ----------
    clock
        A token is good for five minutes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[str, str, float]] = OrderedDict()

    def issue(self, session: str, action: str) -> str:
        """Return a token for one action of one session."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._known[token] = (session, action, self._clock.monotonic() + _GOOD_S)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return token

    def redeem(self, token: str, session: str, action: str) -> None:
        """Use a token up.

        Raises
        ------
        ConfigurationError
            It is not known, was used, is too old, or was for something or somebody else.
        """
        with self._lock:
            known = self._known.pop(token, None)
        if known is None or known[:2] != (session, action):
            raise ConfigurationError(
                "nothing was done: this confirmation was used before or is not yours; begin again"
            )
        if self._clock.monotonic() > known[2]:
            raise ConfigurationError(
                "nothing was done: the confirmation is older than five minutes; begin again"
            )
