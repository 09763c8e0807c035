"""How far a session is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session is: its virtual time, trades closed, trades open, equity in quote."""

    now: datetime
    closed: int
    open: int
    equity_quote: float | None
