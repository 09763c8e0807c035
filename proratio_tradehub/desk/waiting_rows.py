"""Rows on their way to PostgreSQL: whoever adds one never waits, and memory has an end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

__all__ = ["MOST_WAITING", "WaitingRows"]

MOST_WAITING: Final = 10_000
"""Of a database that stays away, only the newest rows are kept."""

_Row = TypeVar("_Row")


class WaitingRows(Generic[_Row]):
    """A queue of one kind of row; one thread adds, another writes."""

    def __init__(self) -> None:
        self._rows: deque[_Row] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: _Row) -> None:
        """Put a row on its way."""
        with self._lock:
            self._rows.append(row)

    def flush(self, write: Callable[[Sequence[_Row]], None]) -> None:
        """Have what waits written, if anything does; where `write` raises, it waits on."""
        with self._lock:
            taken, self._rows = self._rows, deque(maxlen=MOST_WAITING)
        if not taken:
            return
        try:
            write(taken)
        except BaseException:
            with self._lock:
                taken.extend(self._rows)
                self._rows = taken
            raise
