"""How long an entry that is filled in part waits for the rest: what is held has no stop yet.

Freqtrade places the stop of a position once its entry order has ended. Until then neither the
exchange nor the bot watches the part that was filled, so the rest is taken back soon.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

__all__ = ["PartialEntries"]

_REST: Final = timedelta(minutes=1)
"""For so long the rest of an entry may still come, counted from the first loop that saw a part."""

_REMEMBERED: Final = timedelta(days=1)


class PartialEntries:
    """Remembers since when entries are filled in part; a restart begins anew."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def is_overdue(self, order: Any, now: datetime) -> bool:
        """Return whether an open entry order of Freqtrade's is to be taken back for its part."""
        if not order.safe_filled > 0.0:
            return False
        since = self._since.get(order.order_id)
        if since is None:
            self._since = {
                name: at for name, at in self._since.items() if now - at < _REMEMBERED
            } | {order.order_id: now}
            return False
        return now - since >= _REST
