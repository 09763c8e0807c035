"""The beat of a trading loop: how far apart its beginnings lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry

from proratio_core.clock import Clock
from proratio_tradehub.metrics.families import Sample, histogram

__all__ = ["LoopPulse"]

_BUCKETS_S: Final = (0.5, 1.0, 2.5, 5.0, 5.5, 6.0, 7.5, 10.0, 15.0, 30.0, 60.0)
"""Freqtrade begins a loop every five seconds; whatever is above shows a loop that takes longer."""


class LoopPulse:
    """Measures the intervals; a beat takes microseconds and never raises.

    Parameters
    ----------
    registry
        Where it measures.
    clock
        The time it is.
    """

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self._clock = clock
        self._intervals = histogram(
            "proratio_bot_loop_interval_seconds", registry, buckets=_BUCKETS_S
        )
        self._last_s: float | None = None
        self._last_at_s: float | None = None

    def beat(self) -> None:
        """Take note that a loop begins."""
        now_s = self._clock.monotonic()
        if self._last_s is not None:
            self._intervals.observe(now_s - self._last_s)
        self._last_s, self._last_at_s = now_s, self._clock.now().timestamp()

    def samples(self) -> Iterator[Sample]:
        """Yield when the last loop began."""
        if self._last_at_s is not None:
            yield "proratio_bot_loop_timestamp_seconds", (), self._last_at_s
