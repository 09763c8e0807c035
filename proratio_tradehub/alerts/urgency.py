"""How urgent news is. Pure."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Urgency"]


class Urgency(IntEnum):
    """What gives way when not everything can be sent: the lower first."""

    INFORMATION = 0
    WARNING = 1
    CRITICAL = 2
