"""Paper trades beside the backtest of the same days: which agree, which do not, and why. Pure.

A backtest that paper trading cannot repeat promised something the market does not give.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proratio_core.errors import DataError
from proratio_quantlab.results import Trade

__all__ = ["Difference", "MatchedTrade", "Reconciliation", "Tolerances", "reconcile"]


class Difference(StrEnum):
    """Why a paper trade and its backtest are not the same."""

    ENTRY_PRICE = "entry price"
    EXIT_PRICE = "exit price"
    EXIT_TIME = "exit time"
    EXIT_REASON = "exit reason"
    STAKE = "stake"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What still counts as the same trade, and as the same value.

    Parameters
    ----------
    time_s
        Entries of a pair this far apart are the same trade, and so far apart may exits be: one
        candle, as a bot acts after the close and a backtest at the next open.
    price_bps
        How far prices may differ, in hundredths of a percent of the backtest's.
    stake_frac
        How far stakes may differ, as a fraction of the backtest's.

    Raises
    ------
    DataError
        One is below zero or no number.
    """

    time_s: float = 3_600.0
    price_bps: float = 10.0
    stake_frac: float = 0.01

    def __post_init__(self) -> None:
        for name in ("time_s", "price_bps", "stake_frac"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise DataError(f"a tolerance is 0 or more; {name} is {value}")


@dataclass(frozen=True, slots=True)
class MatchedTrade:
    """One trade as it was on paper and in the backtest.

    Parameters
    ----------
    paper, backtest
        The two.
    differences
        What differs by more than the tolerances; empty when they agree.
    """

    paper: Trade
    backtest: Trade
    differences: tuple[Difference, ...]

    @property
    def entry_delay_s(self) -> float:
        """How much later the paper trade was opened, seconds."""
        return (self.paper.opened_at - self.backtest.opened_at).total_seconds()

    @property
    def entry_price_bps(self) -> float:
        """How much higher the paper trade's entry was, in bps of the backtest's."""
        return (self.paper.open_rate / self.backtest.open_rate - 1) * 1e4

    @property
    def exit_price_bps(self) -> float:
        """How much higher the paper trade's exit was, in bps of the backtest's."""
        return (self.paper.close_rate / self.backtest.close_rate - 1) * 1e4

    @property
    def profit_difference_frac(self) -> float:
        """Profit on paper less profit in the backtest, each as a fraction of its stake."""
        return self.paper.profit_frac - self.backtest.profit_frac


@dataclass(frozen=True)
class Reconciliation:
    """All trades of both sides within the days both cover.

    Parameters
    ----------
    matched
        Trades both sides made, by opening time on paper.
    only_paper, only_backtest
        Trades one side made alone, by opening time.
    outside
        How many trades were opened outside the days both cover, and left out.
    """

    matched: tuple[MatchedTrade, ...]
    only_paper: tuple[Trade, ...]
    only_backtest: tuple[Trade, ...]
    outside: int

    @property
    def agreeing(self) -> tuple[MatchedTrade, ...]:
        """Those without a difference."""
        return tuple(trade for trade in self.matched if not trade.differences)

    @property
    def agreement_frac(self) -> float | None:
        """Share of all trades of either side that agree, 0 to 1; None when there is none."""
        every = len(self.matched) + len(self.only_paper) + len(self.only_backtest)
        return len(self.agreeing) / every if every else None

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in plain words."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.agreement_frac is None:
            yield "Neither side traded on the days both cover."
            return
        yield (
            f"{len(self.agreeing)} trades agree, {len(self.matched) - len(self.agreeing)} differ, "
            f"{len(self.only_paper)} are on paper only, {len(self.only_backtest)} in the backtest "
            f"only: {self.agreement_frac:.0%} agree."
        )
        for difference in Difference:
            count = sum(difference in trade.differences for trade in self.matched)
            if count:
                yield f"{difference.capitalize()}: differs in {count} of {len(self.matched)}."
        if self.matched:
            mean = sum(t.profit_difference_frac for t in self.matched) / len(self.matched)
            yield f"Paper less backtest, mean profit of a matched trade: {mean * 1e4:+.1f} bps."
        if self.outside:
            yield f"{self.outside} trades lie outside the days both cover."


def reconcile(
    paper: Sequence[Trade],
    backtest: Sequence[Trade],
    *,
    start: datetime,
    end: datetime,
    tolerances: Tolerances | None = None,
) -> Reconciliation:
    """Match the trades of a paper session with those of a backtest.

    Parameters
    ----------
    paper, backtest
        Closed trades, in any order.
    start, end
        What both cover; trades opened before or at its end are left out, UTC.
    tolerances
        What counts as the same; None takes the usual ones.

    Raises
    ------
    DataError
        The end does not lie after the start.

    Notes
    -----
    A pair has one position at a time, so that its trades can be matched in order: the earlier of
    two that lie too far apart has no partner.
    """
    if end <= start:
        raise DataError(f"a comparison from {start} to {end} covers nothing; the end comes first")
    allowed = tolerances or Tolerances()
    ours, theirs = ([t for t in side if start <= t.opened_at < end] for side in (paper, backtest))
    matched: list[MatchedTrade] = []
    alone: tuple[list[Trade], list[Trade]] = ([], [])
    here, there = _by_pair(ours), _by_pair(theirs)
    for pair in sorted(here.keys() | there.keys()):
        for one, other in _in_order(here[pair], there[pair], within_s=allowed.time_s):
            if one is not None and other is not None:
                matched.append(MatchedTrade(one, other, tuple(_differences(one, other, allowed))))
            elif one is not None:
                alone[0].append(one)
            elif other is not None:
                alone[1].append(other)
    return Reconciliation(
        matched=tuple(sorted(matched, key=lambda trade: trade.paper.opened_at)),
        only_paper=tuple(sorted(alone[0], key=lambda trade: trade.opened_at)),
        only_backtest=tuple(sorted(alone[1], key=lambda trade: trade.opened_at)),
        outside=len(paper) + len(backtest) - len(ours) - len(theirs),
    )


def _by_pair(trades: Sequence[Trade]) -> defaultdict[str, list[Trade]]:
    by_pair: defaultdict[str, list[Trade]] = defaultdict(list)
    for trade in sorted(trades, key=lambda trade: trade.opened_at):
        by_pair[trade.pair].append(trade)
    return by_pair


def _in_order(
    ours: list[Trade], theirs: list[Trade], *, within_s: float
) -> Iterator[tuple[Trade | None, Trade | None]]:
    """Yield partners, and those without one, of one pair's trades in order of time."""
    here = there = 0
    while here < len(ours) and there < len(theirs):
        one, other = ours[here], theirs[there]
        apart_s = (one.opened_at - other.opened_at).total_seconds()
        if abs(apart_s) <= within_s:
            yield one, other
            here, there = here + 1, there + 1
        elif apart_s < 0:
            yield one, None
            here += 1
        else:
            yield None, other
            there += 1
    yield from ((trade, None) for trade in ours[here:])
    yield from ((None, trade) for trade in theirs[there:])


def _differences(paper: Trade, backtest: Trade, allowed: Tolerances) -> Iterator[Difference]:
    def differ(one: float, other: float, frac: float) -> bool:
        return abs(one - other) > frac * abs(other) * (1 + 1e-9)

    price_frac = allowed.price_bps / 1e4
    if differ(paper.open_rate, backtest.open_rate, price_frac):
        yield Difference.ENTRY_PRICE
    if differ(paper.close_rate, backtest.close_rate, price_frac):
        yield Difference.EXIT_PRICE
    if abs((paper.closed_at - backtest.closed_at).total_seconds()) > allowed.time_s:
        yield Difference.EXIT_TIME
    if paper.exit_reason != backtest.exit_reason:
        yield Difference.EXIT_REASON
    if differ(paper.stake_quote, backtest.stake_quote, allowed.stake_frac):
        yield Difference.STAKE
