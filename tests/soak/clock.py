"""One time for exchange, bot and director: eight bytes in a file that all of them map."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SECONDS = struct.Struct("<d")


class SharedClock:
    """The virtual time; whoever acts moves it on, and everybody else waits meanwhile.

    Parameters
    ----------
    file
        Where it is; made when it is not there.
    start
        What a new one shows.
    """

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        if start is not None:
            file.write_bytes(_SECONDS.pack(start.timestamp()))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _SECONDS.size)

    @property
    def seconds(self) -> float:
        (shown,) = _SECONDS.unpack_from(self._map)
        return float(shown)

    def set(self, seconds: float) -> None:
        _SECONDS.pack_into(self._map, 0, seconds)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.set(self.seconds + max(seconds, 0.0))


class Hand:
    """Moves the time of this process, and the shared one with it.

    Parameters
    ----------
    traveller
        time_machine's.
    clock
        The shared time.
    """

    def __init__(self, traveller: Any, clock: SharedClock) -> None:
        self._traveller = traveller
        self._clock = clock

    def shift(self, delta: Any) -> None:
        self._clock.sleep(delta.total_seconds())
        self.take_over()

    def take_over(self) -> None:
        """Show what the clock shows: somebody else has moved it."""
        self._traveller.move_to(self._clock.now())
