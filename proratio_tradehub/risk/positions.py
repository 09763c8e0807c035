"""One open position, marked to market, and what it would lose at its stop. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

import msgspec

from proratio_core.errors import RiskError
from proratio_core.values import Pair
from proratio_tradehub.risk.checks import check_not_negative, check_positive, check_utc
from proratio_tradehub.risk.planning import loss_from_mark_quote
from proratio_tradehub.risk.sides import Side

__all__ = ["Position", "asset_of"]

_MULTIPLIED = re.compile(r"^10{3,6}(?=[A-Z])")
"""Exchanges trade cheap coins by the thousand: 1000PEPE is as much PEPE as PEPE is."""


def asset_of(pair: Pair) -> str:
    """Return the asset a pair exposes to, whatever market and multiple it is traded in.

    Examples
    --------
    >>> asset_of(Pair.parse("1000PEPE/USDT:USDT"))
    'PEPE'
    """
    return _without_multiple(pair.base)


@lru_cache(maxsize=1_000)
def _without_multiple(base: str) -> str:
    return _MULTIPLIED.sub("", base)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """An open position; an entry order that is not filled yet counts as if it were.

    Parameters
    ----------
    pair, side
        What is held.
    amount
        Units of the base currency, above zero for either side.
    entry_price, mark_price
        Mean price paid, and the last price, in quote currency.
    stop_price
        Where it is closed at a loss; None when there is no stop, which no rule forgives.
    stake_quote
        Own money in it, in quote currency.
    leverage
        Notional value over own money; 1 on spot.
    exit_cost_frac
        Fee and slippage of closing it, as a fraction of the notional value then.
    opened_at
        When it was entered, UTC.

    Raises
    ------
    RiskError
        A number is not finite, or not above zero; the time is not in UTC.
    """

    pair: Pair
    side: Side
    amount: float
    entry_price: float
    mark_price: float
    stop_price: float | None
    stake_quote: float
    leverage: float = 1.0
    exit_cost_frac: float
    opened_at: datetime

    def __post_init__(self) -> None:
        if not isinstance(self.pair, Pair) or not isinstance(self.side, Side):
            raise RiskError(f"position in {self.pair!r}, {self.side!r}; expected Pair and Side")
        check_positive("amount", self.amount)
        check_positive("entry_price", self.entry_price)
        check_positive("mark_price", self.mark_price)
        check_positive("stake_quote", self.stake_quote)
        check_positive("leverage", self.leverage)
        check_not_negative("exit_cost_frac", self.exit_cost_frac)
        if self.stop_price is not None:
            check_positive("stop_price", self.stop_price)
        check_utc("opened_at", self.opened_at)

    @property
    def asset(self) -> str:
        """The asset this position exposes to."""
        return asset_of(self.pair)

    @property
    def notional_quote(self) -> float:
        """Value of the position at the last price, in quote currency; positive for a short too."""
        return self.amount * self.mark_price

    @property
    def unrealised_quote(self) -> float:
        """Profit at the last price before the costs of closing, in quote currency."""
        return self.side.sign * (self.mark_price - self.entry_price) * self.amount

    @property
    def planned_loss_quote(self) -> float:
        """What equity would lose from now on if the stop were filled at its price, costs included.

        Without a stop that is everything: the own money in it and what it has earned so far, at
        least the notional value of a long position without leverage. Never below zero.
        """
        if self.stop_price is None:
            return max(0.0, self.stake_quote + self.unrealised_quote)
        return loss_from_mark_quote(
            self.side,
            self.mark_price,
            self.stop_price,
            amount=self.amount,
            cost_frac=self.exit_cost_frac,
        )
