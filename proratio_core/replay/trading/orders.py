"""Orders and fills on the replay exchange: frozen values; a change is a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from proratio_core.values import Pair

__all__ = ["Fill", "Order", "OrderKind", "OrderStatus", "Side", "Ticket", "TimeInForce"]


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def sign(self) -> int:
        """1 when it adds to the base currency, -1 when it takes from it."""
        return 1 if self is Side.BUY else -1


class OrderKind(StrEnum):
    """What an order does; stops become the other two once their price is touched."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_LIMIT = "STOP_LIMIT"
    STOP_MARKET = "STOP_MARKET"

    @property
    def is_stop(self) -> bool:
        """Whether it waits for a price before it does anything."""
        return self in {OrderKind.STOP_LIMIT, OrderKind.STOP_MARKET}


class TimeInForce(StrEnum):
    """How long an order waits for its other side."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    POST_ONLY = "POST_ONLY"


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self in {OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was asked for.

    Parameters
    ----------
    pair
        What is traded.
    side, kind
        Which way, and how.
    amount
        In the base currency, above 0.
    price
        The limit, in the quote currency; None for market kinds.
    stop_price
        What has to be touched first; None for kinds that do not wait.
    time_in_force
        How long it waits.
    client_id
        The client's own name for it; unique among its orders, empty for none.
    reduce_only
        Whether it may only make a position smaller (perpetuals).
    """

    pair: Pair
    side: Side
    kind: OrderKind
    amount: float
    price: float | None = None
    stop_price: float | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    client_id: str = ""
    reduce_only: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of an order.

    Parameters
    ----------
    id, order_id
        Both unique on this exchange.
    time_ms
        When it happened, ms since the epoch.
    price, amount
        In the quote and the base currency.
    maker
        Whether the order had been waiting.
    fee_quote
        What it cost, in the quote currency.
    realised_quote
        Profit of what it closed of a position, without the fee; 0 for spot and for openings.
    """

    id: int
    order_id: int
    time_ms: int
    price: float
    amount: float
    maker: bool
    fee_quote: float
    realised_quote: float = 0.0

    @property
    def cost_quote(self) -> float:
        """Price x amount."""
        return self.price * self.amount


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands.

    Parameters
    ----------
    id
        Unique on this exchange, ascending.
    ticket
        What was asked for.
    created_ms, updated_ms
        When it was accepted and last changed.
    status
        Where it is in its life.
    filled, cost_quote
        What has been traded, in the base currency and as price x amount.
    triggered
        Whether a stop has been touched; always true for the other kinds.
    queued
        Volume that traded at its price and is its to take, but less than an amount step so far.
    """

    id: int
    ticket: Ticket
    created_ms: int
    updated_ms: int
    status: OrderStatus
    filled: float = 0.0
    cost_quote: float = 0.0
    triggered: bool = True
    queued: float = 0.0

    @property
    def remaining(self) -> float:
        """What is not traded yet, in the base currency."""
        return max(0.0, self.ticket.amount - self.filled)

    @property
    def mean_price(self) -> float:
        """Mean price of what was traded; 0 before."""
        return self.cost_quote / self.filled if self.filled else 0.0

    def after(self, fill: Fill, *, amount_step: float) -> Order:
        """Return the order after one more fill.

        Parameters
        ----------
        fill
            The fill.
        amount_step
            The market's; less than half of it left is nothing left.
        """
        filled = self.filled + fill.amount
        done = self.ticket.amount - filled < amount_step / 2
        return replace(
            self,
            filled=self.ticket.amount if done else filled,
            cost_quote=self.cost_quote + fill.cost_quote,
            status=OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED,
            updated_ms=fill.time_ms,
        )

    def ended(self, status: OrderStatus, now_ms: int) -> Order:
        """Return the order cancelled or expired."""
        return replace(self, status=status, updated_ms=now_ms)

    def touched(self, now_ms: int) -> Order:
        """Return the stop order as the order it has become."""
        return replace(self, triggered=True, updated_ms=now_ms)
