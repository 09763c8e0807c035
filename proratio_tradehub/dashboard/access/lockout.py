"""How long somebody has to wait after wrong passwords: longer each time, by address and in all."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from proratio_core.clock import Clock

__all__ = ["Lockout"]

_FREE: Final = 4
"""A person mistypes; these cost nothing."""

_LONGEST_S: Final = 900.0
_FREE_IN_ALL: Final = 20
_LONGEST_IN_ALL_S: Final = 10.0
"""Many addresses guess together: everybody waits, but never so long that the owner is kept out."""

_FORGOTTEN_S: Final = 3_600.0
_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class _Record:
    failures: int = 0
    until_s: float = 0.0
    last_s: float = 0.0


class Lockout:
    """Counts failures.

    Parameters
    ----------
    clock
        Its monotonic time decides.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._everybody = _Record()
        self._addresses: OrderedDict[str, _Record] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return how long this address has to wait before it may try again; 0 when it may now."""
        with self._lock:
            now = self._clock.monotonic()
            until = max(self._record(address).until_s, self._everybody.until_s)
            return max(until - now, 0.0)

    def failed(self, address: str) -> None:
        """Count a wrong password."""
        with self._lock:
            now = self._clock.monotonic()
            _count(self._record(address), now, free=_FREE, longest_s=_LONGEST_S)
            _count(self._everybody, now, free=_FREE_IN_ALL, longest_s=_LONGEST_IN_ALL_S)

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address that knew the password."""
        with self._lock:
            self._addresses.pop(address, None)

    def _record(self, address: str) -> _Record:
        record = self._addresses.setdefault(address, _Record())
        self._addresses.move_to_end(address)
        if len(self._addresses) > _MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        return record


def _count(record: _Record, now: float, *, free: int, longest_s: float) -> None:
    if now - record.last_s > _FORGOTTEN_S:
        record.failures = 0
    record.failures += 1
    record.last_s = now
    if record.failures > free:
        record.until_s = now + min(2.0 ** (record.failures - free), longest_s)
