"""Freqtrade's own database of trades, read in the thread that trades."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from freqtrade.persistence import Trade

__all__ = ["FreqtradeTrades"]


class FreqtradeTrades:
    """The trades of the bot in this process."""

    def current(self, ids: Collection[int], from_id: int) -> Sequence[Any]:
        """Return the open ones, those of these numbers, and those numbered `from_id` and above."""
        wanted = Trade.is_open.is_(True) | Trade.id.in_(ids) | (Trade.id >= from_id)
        found: Sequence[Any] = Trade.get_trades(wanted).all()
        return found

    def newest_id(self) -> int:
        """Return the highest number there is; 0 without any trade."""
        newest = Trade.session.query(Trade.id).order_by(Trade.id.desc()).first()
        return 0 if newest is None else int(newest[0])

    def closed(self, above_id: int, limit: int) -> Sequence[Any]:
        """Return the first closed ones numbered above `above_id`, in that sequence."""
        wanted = Trade.is_open.is_(False) & (Trade.id > above_id)
        query = Trade.get_trades_query(wanted).order_by(Trade.id).limit(limit)
        found: Sequence[Any] = Trade.session.scalars(query).unique().all()
        return found
