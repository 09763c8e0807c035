"""Money and coins on the replay exchange's spot market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proratio_core.replay.refusals import INSUFFICIENT, RefusedError
from proratio_core.replay.trading.orders import Fill, Order, OrderKind, Side

__all__ = ["Balance", "SpotAccount"]

_DUST = 1e-9


@dataclass(frozen=True, slots=True)
class Balance:
    """What is there of one asset: free, and locked in open orders."""

    free: float = 0.0
    locked: float = 0.0


class SpotAccount:
    """Balances that orders lock and fills move; nothing is ever below zero.

    Parameters
    ----------
    balances
        What is there at the start, asset -> amount.
    """

    def __init__(self, balances: Mapping[str, float]) -> None:
        self._balances = {asset: Balance(amount) for asset, amount in balances.items()}

    @property
    def balances(self) -> Mapping[str, Balance]:
        """What is there, by asset."""
        return dict(self._balances)

    def of(self, asset: str) -> Balance:
        """Return what is there of one asset."""
        return self._balances.get(asset, Balance())

    def lock(self, order: Order, *, price: float) -> None:
        """Set aside what an order may need.

        Parameters
        ----------
        order
            An order just accepted.
        price
            What a market order is reckoned at.

        Raises
        ------
        RefusedError
            There is too little.
        """
        asset, amount = _needed(order, order.remaining, price)
        balance = self.of(asset)
        if amount > balance.free + _DUST:
            raise RefusedError(
                INSUFFICIENT, "Account has insufficient balance for requested action."
            )
        taken = min(amount, balance.free)
        self._balances[asset] = Balance(balance.free - taken, balance.locked + taken)

    def settle(self, order: Order, fill: Fill, *, price: float, fee_frac: float) -> None:
        """Exchange what a fill trades; the fee is taken from what is received, as Binance does.

        Parameters
        ----------
        order
            The order as it was before the fill.
        fill
            The trade.
        price
            What the order was locked at, when it has no limit.
        fee_frac
            Fee, as a fraction of what is received.
        """
        pair = order.ticket.pair
        asset, locked = _needed(order, fill.amount, price)
        if order.ticket.side is Side.BUY:
            spent, received, amount = fill.cost_quote, pair.base, fill.amount * (1 - fee_frac)
        else:
            spent, received, amount = fill.amount, pair.quote, fill.cost_quote * (1 - fee_frac)
        balance = self.of(asset)
        released = min(locked, balance.locked)
        self._balances[asset] = Balance(
            max(0.0, balance.free + released - spent), balance.locked - released
        )
        had = self.of(received)
        self._balances[received] = Balance(had.free + amount, had.locked)

    def release(self, order: Order, *, price: float) -> None:
        """Give back what an order that ended had set aside and not used."""
        asset, amount = _needed(order, order.remaining, price)
        balance = self.of(asset)
        freed = min(amount, balance.locked)
        self._balances[asset] = Balance(balance.free + freed, balance.locked - freed)


def _needed(order: Order, amount: float, price: float) -> tuple[str, float]:
    """Return which asset an amount of the order takes, and how much of it."""
    ticket = order.ticket
    if ticket.side is Side.SELL:
        return ticket.pair.base, amount
    at = ticket.price if ticket.kind in {OrderKind.LIMIT, OrderKind.STOP_LIMIT} else price
    return ticket.pair.quote, amount * (at or price)
