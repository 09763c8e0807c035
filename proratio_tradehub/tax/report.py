"""A year of realised gains and losses, and what nobody can know from trades alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final

from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import JournalEntry
from proratio_tradehub.marks import Mark
from proratio_tradehub.tax.lots import Lot, Method, Realisation, Unmatched, match_lots
from proratio_tradehub.tax.movements import (
    ContractResult,
    Movement,
    has_all_fills,
    movements_of,
)

__all__ = ["Pool", "TaxReport", "Totals", "tax_report"]

_LONG_TERM: Final = timedelta(days=365)


class Pool(StrEnum):
    """Which coins a sale may take."""

    ACCOUNT = "account"
    """Those of the account that sold."""
    ALL = "all"
    """Those of any account of the same kind: real money is never matched with paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums in one currency.

    Parameters
    ----------
    quote
        The currency.
    proceeds_quote, cost_quote
        Of all coins sold.
    gains_quote, losses_quote
        Of the sales that gained, and of those that lost (negative).
    long_term_quote
        How much of both comes from coins held for more than 365 days.
    contracts_quote
        Result of closed contracts, fees and funding in it.
    """

    quote: str
    proceeds_quote: Decimal
    cost_quote: Decimal
    gains_quote: Decimal
    losses_quote: Decimal
    long_term_quote: Decimal
    contracts_quote: Decimal

    @property
    def net_quote(self) -> Decimal:
        """Everything realised."""
        return self.gains_quote + self.losses_quote + self.contracts_quote


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxReport:
    """What was realised in a year.

    Parameters
    ----------
    year, zone, method, pool
        The calendar year, in which time zone, and by which rules.
    marks
        Whose money; only LIVE is real.
    realisations, contracts
        What was realised, by the time of the sale.
    lots
        What was held when the year ended.
    totals
        Sums, a row each currency.
    notes
        What is not in it or cannot be right, in sentences.
    """

    year: int
    zone: tzinfo
    method: Method
    pool: Pool
    marks: frozenset[Mark]
    realisations: tuple[Realisation, ...]
    contracts: tuple[ContractResult, ...]
    lots: tuple[Lot, ...]
    totals: tuple[Totals, ...]
    notes: tuple[str, ...]


def tax_report(  # as many choices as the law leaves
    trades: Sequence[AccountTrade],
    entries: Iterable[JournalEntry] = (),
    *,
    year: int,
    zone: tzinfo,
    method: Method = Method.FIFO,
    pool: Pool = Pool.ACCOUNT,
) -> TaxReport:
    """Return what was realised in `year`.

    Parameters
    ----------
    trades
        All of them, from the very first: what was bought in other years is sold in this one.
    entries
        Their fills in the journal; without them the orders of a trade count at their mean price.
    year, zone
        The calendar year, from its first midnight on in this time zone.
    method, pool
        Which coins a sale takes.
    """
    begin, end = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    of_trade = _by_trade(entries)
    moved = [
        movement
        for trade in trades
        for movement in movements_of(trade, of_trade.get(_key(trade), ()))
    ]
    coins = [one for one in moved if isinstance(one, Movement) and one.at < end]
    contracts = [one for one in moved if isinstance(one, ContractResult)]
    realised, lots, unmatched = _match(coins, method, pool)
    in_year = sorted(
        (one for one in realised if begin <= one.disposed_at < end), key=lambda one: one.disposed_at
    )
    closed = sorted(
        (one for one in contracts if begin <= one.closed_at < end), key=lambda one: one.closed_at
    )
    missing = [one for one in unmatched if begin <= one.movement.at < end]
    return TaxReport(
        year=year,
        zone=zone,
        method=method,
        pool=pool,
        marks=frozenset(Mark.of_account(trade.account) for trade in trades),
        realisations=tuple(in_year),
        contracts=tuple(closed),
        lots=lots,
        totals=tuple(_totals(in_year, closed)),
        notes=tuple(_notes(trades, of_trade, missing)),
    )


_Key = tuple[str, int, str]


def _key(trade: AccountTrade) -> _Key:
    return trade.account, trade.trade_id, trade.symbol


def _by_trade(entries: Iterable[JournalEntry]) -> Mapping[_Key, list[JournalEntry]]:
    grouped: dict[_Key, list[JournalEntry]] = {}
    for entry in entries:
        if entry.trade_id is not None and entry.symbol is not None:
            key = (entry.account, entry.trade_id, entry.symbol)
            grouped.setdefault(key, []).append(entry)
    return grouped


def _match(
    coins: Sequence[Movement], method: Method, pool: Pool
) -> tuple[list[Realisation], tuple[Lot, ...], list[Unmatched]]:
    of_pool: Callable[[Movement], str] = (
        (lambda one: one.account)
        if pool is Pool.ACCOUNT
        else (lambda one: Mark.of_account(one.account).value)
    )
    pools: dict[str, list[Movement]] = {}
    for movement in coins:
        pools.setdefault(of_pool(movement), []).append(movement)
    realised: list[Realisation] = []
    lots: list[Lot] = []
    unmatched: list[Unmatched] = []
    for name in sorted(pools):
        taken, left, missing = match_lots(pools[name], method)
        realised += taken
        lots += left
        unmatched += missing
    return realised, tuple(lots), unmatched


def _totals(
    realised: Sequence[Realisation], contracts: Sequence[ContractResult]
) -> Iterator[Totals]:
    for quote in sorted({one.quote for one in realised} | {one.quote for one in contracts}):
        sold = [one for one in realised if one.quote == quote]
        gains = [one.gain_quote for one in sold]
        long_term = (one for one in sold if one.disposed_at - one.acquired_at > _LONG_TERM)
        yield Totals(
            quote=quote,
            proceeds_quote=_sum(one.proceeds_quote for one in sold),
            cost_quote=_sum(one.cost_quote for one in sold),
            gains_quote=_sum(gain for gain in gains if gain > 0),
            losses_quote=_sum(gain for gain in gains if gain < 0),
            long_term_quote=_sum(one.gain_quote for one in long_term),
            contracts_quote=_sum(one.profit_quote for one in contracts if one.quote == quote),
        )


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, Decimal())


def _notes(
    trades: Sequence[AccountTrade],
    of_trade: Mapping[_Key, list[JournalEntry]],
    missing: Sequence[Unmatched],
) -> Iterator[str]:
    for one in missing:
        sale = one.movement
        yield (
            f"{one.amount} {sale.asset} sold by trade {sale.trade_id} of {sale.account} on "
            f"{sale.at:%Y-%m-%d} were not bought by any known trade; they are left out. Add their "
            "purchase by hand."
        )
    for trade in trades:
        is_reduced = trade.is_open and trade.profit_quote is not None
        if is_reduced and not has_all_fills(trade, of_trade.get(_key(trade), ())):
            yield (
                f"Trade {trade.trade_id} of {trade.account} ({trade.symbol}) was partly sold, and "
                "the journal does not have those sales; they are left out."
            )
