"""Margin and positions on the replay exchange's perpetuals: isolated margin, one-way mode. Pure.

Source of the formulas: Binance, "How to calculate liquidation price of USDⓈ-M Futures contracts"
and "Introduction to Binance Futures funding rates"; one maintenance rate stands for all brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from proratio_core.replay.refusals import INSUFFICIENT_MARGIN, REDUCE_ONLY, RefusedError
from proratio_core.replay.trading.orders import Fill, Order
from proratio_core.values import Pair

__all__ = ["FundingPayment", "PerpetualAccount", "Position"]

MAINTENANCE_FRAC: Final = 0.004
"""Of the position's value; Binance's first bracket for the large pairs."""

_FLAT: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one perpetual.

    Parameters
    ----------
    pair
        Which.
    amount
        In the base currency; below 0 for a short.
    entry_price
        Mean price it was entered at.
    margin_quote
        What stands behind it, and behind nothing else.
    """

    pair: Pair
    amount: float
    entry_price: float
    margin_quote: float

    def unrealised_quote(self, price: float) -> float:
        """Return what closing it at `price` would gain, without fees."""
        return self.amount * (price - self.entry_price)

    @property
    def liquidation_price(self) -> float:
        """The mark price at which the margin no longer suffices; 0 when there is none."""
        held = abs(self.amount)
        direction = 1 if self.amount > 0 else -1
        value = self.amount * self.entry_price - self.margin_quote
        price = value / (held * (direction - MAINTENANCE_FRAC))
        return max(0.0, price)


@dataclass(frozen=True, slots=True)
class FundingPayment:
    """What a position paid, or was paid when above 0, at one settlement."""

    id: int
    pair: Pair
    time_ms: int
    amount_quote: float


class PerpetualAccount:
    """A wallet and its positions.

    Parameters
    ----------
    asset
        What margin is posted in.
    wallet_quote
        Money at the start.
    """

    def __init__(self, asset: str, wallet_quote: float) -> None:
        self.asset = asset
        self.wallet_quote = wallet_quote
        self.funding: list[FundingPayment] = []
        self._positions: dict[Pair, Position] = {}
        self._leverage: dict[Pair, int] = {}
        self._locked: dict[int, float] = {}

    @property
    def positions(self) -> Mapping[Pair, Position]:
        """What is held, by pair."""
        return dict(self._positions)

    @property
    def locked_quote(self) -> float:
        """Margin set aside for open orders."""
        return sum(self._locked.values())

    @property
    def available_quote(self) -> float:
        """What new orders may use."""
        held = sum(position.margin_quote for position in self._positions.values())
        return max(0.0, self.wallet_quote - held - self.locked_quote)

    def leverage_of(self, pair: Pair) -> int:
        """Return the leverage set for a pair; Binance starts at 20."""
        return self._leverage.get(pair, 20)

    def set_leverage(self, pair: Pair, leverage: int) -> None:
        """Set the leverage of orders to come.

        Raises
        ------
        RefusedError
            It is not between 1 and 125.
        """
        if not 1 <= leverage <= 125:
            raise RefusedError(-4028, f"Leverage {leverage} is not valid")
        self._leverage[pair] = leverage

    def lock(self, order: Order, *, price: float) -> None:
        """Set aside the margin of what an order may open.

        Raises
        ------
        RefusedError
            There is too little, or an order that may only reduce has nothing to reduce.
        """
        ticket = order.ticket
        held = self._amount(ticket.pair)
        closes = ticket.side.sign * held < 0
        if ticket.reduce_only and not closes:
            raise RefusedError(REDUCE_ONLY, "ReduceOnly Order is rejected.")
        opening = order.remaining - (abs(held) if closes else 0.0)
        if ticket.reduce_only or opening <= _FLAT:
            return
        margin = opening * (ticket.price or price) / self.leverage_of(ticket.pair)
        if margin > self.available_quote + 1e-9:
            raise RefusedError(INSUFFICIENT_MARGIN, "Margin is insufficient.")
        self._locked[order.id] = margin

    def release(self, order: Order) -> None:
        """Give back what an order that ended had set aside."""
        self._locked.pop(order.id, None)

    def settle(self, order: Order, fill: Fill) -> float:
        """Book a fill and return the profit it realised, without its fee.

        Parameters
        ----------
        order
            The order as it was before the fill.
        fill
            The trade; its fee leaves the wallet.
        """
        pair, sign = order.ticket.pair, order.ticket.side.sign
        if order.id in self._locked and order.remaining > _FLAT:
            self._locked[order.id] *= max(0.0, 1 - fill.amount / order.remaining)
        held = self._positions.get(pair)
        closing = 0.0
        realised = 0.0
        if held is not None and held.amount * sign < 0:
            closing = min(fill.amount, abs(held.amount))
            realised = -sign * closing * (fill.price - held.entry_price)
            held = self._reduced(held, closing)
        opening = fill.amount - closing
        if opening > _FLAT:
            margin = opening * fill.price / self.leverage_of(pair)
            opened = Position(pair, sign * opening, fill.price, margin)
            self._positions[pair] = opened if held is None else _joined(held, opened)
        self.wallet_quote += realised - fill.fee_quote
        return realised

    def fund(self, pair: Pair, *, rate_frac: float, mark_price: float, time_ms: int) -> None:
        """Pay or receive funding on what is held of a pair."""
        held = self._positions.get(pair)
        if held is None:
            return
        paid = -held.amount * mark_price * rate_frac
        self.wallet_quote += paid
        self._positions[pair] = replace(held, margin_quote=max(0.0, held.margin_quote + paid))
        self.funding.append(FundingPayment(len(self.funding) + 1, pair, time_ms, paid))

    def liquidate(self, pair: Pair) -> Position | None:
        """Take away a position with everything that stood behind it; None when nothing is held."""
        held = self._positions.pop(pair, None)
        if held is not None:
            self.wallet_quote -= held.margin_quote
        return held

    def _amount(self, pair: Pair) -> float:
        held = self._positions.get(pair)
        return 0.0 if held is None else held.amount

    def _reduced(self, held: Position, closing: float) -> Position | None:
        left = abs(held.amount) - closing
        if left <= _FLAT:
            del self._positions[held.pair]
            return None
        part = left / abs(held.amount)
        reduced = replace(held, amount=held.amount * part, margin_quote=held.margin_quote * part)
        self._positions[held.pair] = reduced
        return reduced


def _joined(held: Position, opened: Position) -> Position:
    amount = held.amount + opened.amount
    cost = held.amount * held.entry_price + opened.amount * opened.entry_price
    return Position(held.pair, amount, cost / amount, held.margin_quote + opened.margin_quote)
