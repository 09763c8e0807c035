"""How far this machine's clock is from the exchange's, measured off the trading loop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from proratio_core.clock import Clock, to_ms

__all__ = ["ClockGauge"]

_EVERY_S: Final = 60.0
_KNOWN_FOR_S: Final = 600.0
_ALARMING_S: Final = 1.0

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class ClockGauge:
    """The difference of two clocks, as last measured.

    Parameters
    ----------
    ask
        Returns the exchange's time in ms; may take its time and may raise.
    clock
        This machine's.
    tell
        Told, once each time, that the two differ by more than a second.
    """

    def __init__(
        self,
        ask: Callable[[], int],
        *,
        clock: Clock,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._tell = tell
        self._is_told = False
        self._skew_s = 0.0
        self._measured_at: float | None = None
        self._tried_at: float | None = None

    @property
    def skew_s(self) -> float:
        """This machine's clock less the exchange's, in seconds; 0 before the first measurement."""
        return self._skew_s

    @property
    def doubt(self) -> str:
        """Why the difference is not known; empty when it is."""
        if self._measured_at is None:
            return "the exchange's time was not read yet"
        age_s = self._clock.monotonic() - self._measured_at
        return (
            f"the exchange's time was last read {age_s:.0f} s ago" if age_s > _KNOWN_FOR_S else ""
        )

    def measure(self) -> None:
        """Ask the exchange for its time, at most once a minute while it answers; never raises."""
        began = self._clock.monotonic()
        if self._tried_at is not None and began - self._tried_at < _EVERY_S and not self.doubt:
            return
        self._tried_at = began
        sent_ms = to_ms(self._clock.now())
        try:
            exchange_ms = self._ask()
        except Exception as error:  # noqa: BLE001  # whatever it is, the time is not known
            _log.warning("risk: the exchange does not tell its time: %r", error)
            return
        received_ms = to_ms(self._clock.now())
        self._skew_s = ((sent_ms + received_ms) / 2 - exchange_ms) / 1000.0
        self._measured_at = self._clock.monotonic()
        self._judge()

    def _judge(self) -> None:
        """Tell when the clocks begin to differ by too much."""
        is_off = abs(self._skew_s) > _ALARMING_S
        if is_off and not self._is_told:
            text = f"the clock is off by {self._skew_s:+.1f} s; synchronise it (NTP)"
            _log.error("risk: %s", text)
            self._tell(text)
        self._is_told = is_off
