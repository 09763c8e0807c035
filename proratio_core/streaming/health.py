"""How the stream is: what it reports every two seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proratio_core.health_file import HealthFile
from proratio_core.settings import Settings

__all__ = ["SeriesFreshness", "StreamHealth", "stream_health_file"]

_FRESH_S: Final = 20.0
"""The stream writes every two seconds; one that has not for so long is stuck or was killed."""

_LATE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class SeriesFreshness:
    """How one series is.

    Parameters
    ----------
    series
        Its name.
    step_s
        Length of its candles.
    is_connected
        Whether the stream has been heard since it was last lost.
    newest_open_time
        Open time of the newest candle behind which nothing is missing; None before the first
        repair.
    delay_s
        How long after its close the last candle from the stream was stored; None before it.
    corrected
        Candles the exchange later gave otherwise than its stream had.
    """

    series: str
    step_s: float
    is_connected: bool
    newest_open_time: datetime | None
    delay_s: float | None
    corrected: int

    def is_late(self, now: datetime) -> bool:
        """Return whether a candle that should be stored for a minute is not."""
        if self.newest_open_time is None:
            return True
        return now > self.newest_open_time + timedelta(seconds=2 * self.step_s + _LATE_S)


@dataclass(frozen=True, slots=True)
class StreamHealth:
    """One report.

    Parameters
    ----------
    exchange, pid
        Whose data it collects; its process.
    started_at, updated_at
        When it began, and when it wrote this.
    losses
        How often a line was lost.
    series
        How each series is.
    """

    exchange: str
    pid: int
    started_at: datetime
    updated_at: datetime
    losses: int
    series: tuple[SeriesFreshness, ...]

    def is_fresh(self, now: datetime) -> bool:
        """Return whether whoever wrote this was still at work a moment ago."""
        return now - self.updated_at < timedelta(seconds=_FRESH_S)

    def late(self, now: datetime) -> tuple[str, ...]:
        """Return the series that are behind."""
        return tuple(one.series for one in self.series if one.is_late(now))

    def __str__(self) -> str:
        connected = sum(one.is_connected for one in self.series)
        delays = [one.delay_s for one in self.series if one.delay_s is not None]
        slowest = f", last closes stored within {max(delays):.2f} s" if delays else ""
        return (
            f"{self.exchange}: {connected} of {len(self.series)} series connected, "
            f"{self.losses} lines lost{slowest}"
        )


def stream_health_file(settings: Settings, exchange: str) -> HealthFile[StreamHealth]:
    """Return where the stream of an exchange reports."""
    return HealthFile(settings.state_dir / f"stream-{exchange}.json", StreamHealth)
