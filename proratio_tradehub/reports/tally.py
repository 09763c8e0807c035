"""What trades came to, together and by strategy or pair. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from proratio_tradehub.journal import AccountTrade

__all__ = ["Tally", "tallies", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Some closed trades.

    Parameters
    ----------
    name
        What they have in common.
    closed, won
        How many, and how many of them gained after fees.
    profit_quote
        After fees and funding.
    fees_quote
        Of both sides.
    profit_frac
        Mean profit of a trade, as a fraction of its stake; None without a trade.
    """

    name: str
    closed: int
    won: int
    profit_quote: float
    fees_quote: float
    profit_frac: float | None

    @property
    def won_frac(self) -> float | None:
        """Share of trades that gained, 0 to 1; None without a trade."""
        return self.won / self.closed if self.closed else None


def tally(name: str, trades: Iterable[AccountTrade]) -> Tally:
    """Return what closed trades came to."""
    closed = [trade for trade in trades if not trade.is_open]
    profits = [trade.profit_quote or 0.0 for trade in closed]
    fracs = [trade.profit_frac for trade in closed if trade.profit_frac is not None]
    return Tally(
        name,
        closed=len(closed),
        won=sum(profit > 0.0 for profit in profits),
        profit_quote=sum(profits),
        fees_quote=sum(trade.fee_open_quote + (trade.fee_close_quote or 0.0) for trade in closed),
        profit_frac=sum(fracs) / len(fracs) if fracs else None,
    )


def tallies(
    trades: Iterable[AccountTrade], name_of: Callable[[AccountTrade], str]
) -> tuple[Tally, ...]:
    """Return one tally for each name, by name."""
    groups: dict[str, list[AccountTrade]] = {}
    for trade in trades:
        groups.setdefault(name_of(trade), []).append(trade)
    return tuple(tally(name, groups[name]) for name in sorted(groups))
