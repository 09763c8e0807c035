"""What the order desk needs of whoever keeps the trades, and of whoever is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from proratio_tradehub.orders.intent import OrderIntent

__all__ = ["OrderEvent", "OrderEventKind", "TradeBook"]


class TradeBook(Protocol):
    """Who keeps the trades: Freqtrade's own database."""

    def knows(self, symbol: str, order_id: str) -> bool:
        """Return whether an order of the exchange's belongs to a trade here."""
        ...

    def adopt(self, intent: OrderIntent, order: Mapping[str, Any]) -> str:
        """Make an order that exists part of a trade, or undo it; return what was done."""
        ...


class OrderEventKind(StrEnum):
    """What is told of orders."""

    INTENT = "intent"
    """One is about to be sent."""
    ORDER = "order"
    """The exchange has accepted it."""
    INCIDENT = "incident"
    """Nobody knows what became of it, or something had to be done about it."""
    RECONCILED = "reconciled"
    """What had become of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """Something that happened to an order; `document` has the rest, ready for JSON."""

    kind: OrderEventKind
    at: datetime
    intent: OrderIntent
    order_id: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
