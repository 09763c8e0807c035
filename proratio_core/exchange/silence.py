"""Silence an exchange asked for: whoever talks to it, over whatever line, keeps the same one."""

from __future__ import annotations

from dataclasses import dataclass, field

from proratio_core.clock import Clock
from proratio_core.errors import RateLimitError

__all__ = ["Silence"]


@dataclass
class Silence:
    """Until when nothing may be sent.

    Parameters
    ----------
    exchange
        Who asked for it, for the message.
    clock
        Measures it.
    """

    exchange: str
    clock: Clock
    _until_s: float | None = field(default=None, init=False)

    def refuse(self) -> None:
        """Return when something may be sent.

        Raises
        ------
        RateLimitError
            The silence lasts; it says for how long.
        """
        if self._until_s is None:
            return
        rest_s = self._until_s - self.clock.monotonic()
        if rest_s > 0:
            raise RateLimitError(
                f"{self.exchange} wants silence for {rest_s:.0f} s more", retry_after_s=rest_s
            )
        self._until_s = None

    def keep(self, error: RateLimitError) -> None:
        """Be silent for as long as `error` says, if it says so."""
        if error.retry_after_s is not None:
            self._until_s = self.clock.monotonic() + error.retry_after_s
