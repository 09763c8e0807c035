"""Which strategy of an orchestrator earned what, read off the tags of the trades. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from proratio_quantlab.results import Trade
from proratio_tradehub.strategies.gate import strategy_of

__all__ = ["Attribution", "attribute"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the trades of one strategy came to.

    Parameters
    ----------
    strategy
        Its name in the library.
    trades, wins
        Its closed trades, and those whose profit after fees is above zero.
    profit_quote, fees_quote
        Their profit after fees, and the fees of both sides, in quote currency.
    worst_quote
        Profit of its worst trade, quote currency.
    holding
        Mean life of a position.
    """

    strategy: str
    trades: int
    wins: int
    profit_quote: float
    fees_quote: float
    worst_quote: float
    holding: timedelta


def attribute(trades: Iterable[Trade]) -> tuple[Attribution, ...]:
    """Return each strategy's part in a run, by name; nothing where no tag names a strategy.

    The profits add up to those of all tagged trades: every trade belongs to exactly one strategy,
    the one whose candidate it was.
    """
    owned: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        if owner := strategy_of(trade.enter_tag):
            owned[owner].append(trade)
    return tuple(_attribution(name, owned[name]) for name in sorted(owned))


def _attribution(name: str, trades: list[Trade]) -> Attribution:
    profits = [trade.profit_quote for trade in trades]
    lives = (trade.closed_at - trade.opened_at for trade in trades)
    return Attribution(
        strategy=name,
        trades=len(trades),
        wins=sum(profit > 0 for profit in profits),
        profit_quote=sum(profits),
        fees_quote=sum(trade.fees_quote for trade in trades),
        worst_quote=min(profits),
        holding=sum(lives, timedelta()) / len(trades),
    )
