"""What was read last, for as long as it is good, and afterwards while nothing newer is known.

All visitors look at the same shelf: fifty open pages ask the database no more often than one.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final, Generic, TypeVar, cast

from proratio_core.clock import Clock
from proratio_core.errors import ProratioError

__all__ = ["Shelf", "Sight"]

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_MOST: Final = 256
"""What nobody has looked at for longest goes first, so that memory has an end."""


@dataclass(frozen=True, slots=True)
class Sight(Generic[_T]):
    """What is seen of something.

    Parameters
    ----------
    value
        As last read; None when it never could be.
    read_at
        When that was.
    problem
        Why it could not be read just now; empty when it could.
    """

    value: _T | None
    read_at: datetime | None
    problem: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether there is a value, but not today's."""
        return bool(self.problem) and self.value is not None


@dataclass(slots=True)
class _Place:
    lock: Lock = field(default_factory=Lock)
    sight: Sight[Any] | None = None
    good_until_s: float = 0.0


class Shelf:
    """Keeps what was read, by key.

    Parameters
    ----------
    clock
        For the time of reading and how long a value is good.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()

    def look(self, key: Hashable, read: Callable[[], _T], *, good_s: float) -> Sight[_T]:
        """Return what is on the shelf, read anew when it is older than `good_s`.

        While one visitor reads, the others that want the same wait for that and ask nothing
        themselves. An expected error leaves the old value in its place.
        """
        place = self._place(key)
        with place.lock:
            if place.sight is None or self._clock.monotonic() >= place.good_until_s:
                place.sight = self._read(key, read, place.sight)
                place.good_until_s = self._clock.monotonic() + good_s
            return cast("Sight[_T]", place.sight)

    def forget(self) -> None:
        """Have everything read anew; what could not be read is not lost by it."""
        with self._lock:
            for place in self._places.values():
                place.good_until_s = 0.0

    def _place(self, key: Hashable) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > _MOST:
                self._places.popitem(last=False)
            return place

    def _read(self, key: Hashable, read: Callable[[], _T], last: Sight[_T] | None) -> Sight[_T]:
        try:
            return Sight(read(), self._clock.now())
        except ProratioError as error:
            _log.warning("%s could not be read: %s", key, error)
            known = last or Sight(None, None)
            return Sight(known.value, known.read_at, str(error))
