"""Which way a position earns."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Side"]


class Side(StrEnum):
    """Bought, or sold short.

    Examples
    --------
    >>> Side.SHORT.sign
    -1
    """

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """1 where a rising price earns, -1 where a falling one does."""
        return 1 if self is Side.LONG else -1
