"""Which coins were sold: the oldest, the newest or the dearest of those that were held. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from proratio_tradehub.tax.movements import Movement

__all__ = ["Lot", "Method", "Realisation", "Unmatched", "match_lots"]


class Method(StrEnum):
    """Which lot a sale takes first, of those bought before it."""

    FIFO = "fifo"
    """First in, first out: the oldest."""
    LIFO = "lifo"
    """Last in, first out: the newest."""
    HIFO = "hifo"
    """Highest in, first out: the one with the highest cost a coin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Coins bought together, as far as they are not sold.

    Parameters
    ----------
    account, asset, quote, acquired_at
        Whose, which, paid in what, and when (UTC).
    amount, cost_quote
        How many are left, and what they cost with their part of the fee.
    """

    account: str
    asset: str
    quote: str
    acquired_at: datetime
    amount: Decimal
    cost_quote: Decimal

    @property
    def cost_each(self) -> Decimal:
        """What one coin cost."""
        return self.cost_quote / self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Realisation:
    """A part of a lot and the sale that took it.

    Parameters
    ----------
    account, asset, quote
        Of the sale.
    acquired_at, disposed_at
        When they were bought and sold, UTC.
    amount
        How many.
    cost_quote, proceeds_quote
        What they cost with the fee, and brought after it.
    trade_id
        Freqtrade's number of the trade that sold.
    """

    account: str
    asset: str
    quote: str
    acquired_at: datetime
    disposed_at: datetime
    amount: Decimal
    cost_quote: Decimal
    proceeds_quote: Decimal
    trade_id: int

    @property
    def gain_quote(self) -> Decimal:
        """What was gained; negative when lost."""
        return self.proceeds_quote - self.cost_quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Coins sold that no known trade had bought; nobody can say what they gained."""

    movement: Movement
    amount: Decimal


def match_lots(
    movements: Iterable[Movement], method: Method
) -> tuple[tuple[Realisation, ...], tuple[Lot, ...], tuple[Unmatched, ...]]:
    """Return what each sale took, what is left, and what nobody knows the purchase of.

    Parameters
    ----------
    movements
        Of one pool of coins: whatever is among them may be matched with each other, as far as
        asset and currency are the same.
    method
        Which lot goes first. None that was bought after a sale can be taken by it; at the same
        moment a purchase comes first.
    """
    lots: dict[tuple[str, str], list[Lot]] = {}
    realised: list[Realisation] = []
    unmatched: list[Unmatched] = []
    for movement in sorted(movements, key=lambda one: (one.at, one.amount < 0)):
        held = lots.setdefault((movement.asset, movement.quote), [])
        if movement.amount > 0:
            held.append(_bought(movement))
            continue
        taken, missing = _take(held, movement, _FIRST[method])
        realised += taken
        if missing:
            unmatched.append(Unmatched(movement=movement, amount=missing))
    left = [lot for held in lots.values() for lot in held]
    return tuple(realised), tuple(sorted(left, key=_age)), tuple(unmatched)


def _bought(movement: Movement) -> Lot:
    return Lot(
        account=movement.account,
        asset=movement.asset,
        quote=movement.quote,
        acquired_at=movement.at,
        amount=movement.amount,
        cost_quote=movement.value_quote,
    )


def _take(
    held: list[Lot], sale: Movement, first: Callable[[list[Lot]], int]
) -> tuple[list[Realisation], Decimal]:
    """Take a sale out of what is held; return the parts, and how much was not there."""
    left, taken = -sale.amount, []
    while left and held:
        index = first(held)
        lot = held[index]
        amount = min(left, lot.amount)
        cost = lot.cost_quote if amount == lot.amount else lot.cost_quote * amount / lot.amount
        taken.append(_realised(lot, sale, amount, cost))
        if amount == lot.amount:
            del held[index]
        else:
            held[index] = replace(lot, amount=lot.amount - amount, cost_quote=lot.cost_quote - cost)
        left -= amount
    return taken, left


def _realised(lot: Lot, sale: Movement, amount: Decimal, cost: Decimal) -> Realisation:
    return Realisation(
        account=sale.account,
        asset=sale.asset,
        quote=sale.quote,
        acquired_at=lot.acquired_at,
        disposed_at=sale.at,
        amount=amount,
        cost_quote=cost,
        proceeds_quote=sale.value_quote * amount / -sale.amount,
        trade_id=sale.trade_id,
    )


def _age(lot: Lot) -> tuple[datetime, str]:
    return lot.acquired_at, lot.asset


def _dearest(held: list[Lot]) -> int:
    return max(range(len(held)), key=lambda index: held[index].cost_each)


_FIRST: Final[Mapping[Method, Callable[[list[Lot]], int]]] = MappingProxyType(
    {Method.FIFO: lambda _: 0, Method.LIFO: lambda held: len(held) - 1, Method.HIFO: _dearest}
)
"""Lots are kept in the sequence they were bought; the first of equally dear ones is the oldest."""
