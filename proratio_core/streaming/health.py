"""How the stream is: a small file beside the installation's state, rewritten as it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import ConfigurationError, DataError
from proratio_core.settings import Settings

__all__ = ["SeriesFreshness", "StreamHealth", "StreamHealthFile", "stream_health_file"]

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


class StreamHealthFile:
    """The file of one stream.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, health: StreamHealth) -> None:
        """Replace the report, whole or not at all.

        Raises
        ------
        ConfigurationError
            The folder is not writable.
        """
        try:
            with replacing(self.path) as partial:
                partial.write_bytes(msgspec.json.encode(health))
        except OSError as error:
            raise ConfigurationError(
                f"the health file {self.path} cannot be written ({error}); make its folder writable"
            ) from error

    def read(self) -> StreamHealth | None:
        """Return the last report; None when there is none, because none runs or it ended well.

        Raises
        ------
        DataError
            The file is not a report.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=StreamHealth)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(
                f"the health file {self.path} is not readable ({error}); remove it, a running "
                "stream writes it again"
            ) from error

    def remove(self) -> None:
        """Say that the stream ended well."""
        self.path.unlink(missing_ok=True)


def stream_health_file(settings: Settings, exchange: str) -> StreamHealthFile:
    """Return where the stream of an exchange reports."""
    return StreamHealthFile(settings.state_dir / f"stream-{exchange}.json")
