"""What a trade moved: coins bought and sold on a spot market, results of contracts. Pure.

Amounts of money are `Decimal`, made of the shortest text of each stored figure, so that sums of
thousands of rows are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from proratio_core.values import Pair
from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import JournalEntry, Kind

__all__ = ["ContractResult", "Movement", "exact", "has_all_fills", "movements_of"]

_ENTRY: Final = "entry"
_WHOLE_FRAC: Final = 1e-6
"""By how much noted fills may miss a trade's amount and still be all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Coins bought or sold.

    Parameters
    ----------
    account, asset, quote
        Whose, which coin, and the currency it was paid in.
    at
        When, UTC.
    amount
        How many; negative when sold.
    value_quote
        What they cost with the fee, or brought without it; never negative.
    trade_id
        Freqtrade's number of the trade.
    """

    account: str
    asset: str
    quote: str
    at: datetime
    amount: Decimal
    value_quote: Decimal
    trade_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractResult:
    """What a closed position in a contract came to; nothing is bought there that could be kept.

    Parameters
    ----------
    account, symbol, side, quote
        Whose, what, `long` or `short`, and in which currency.
    opened_at, closed_at
        When, UTC.
    profit_quote
        After fees and funding.
    funding_quote
        Funding in it, received or paid.
    trade_id
        Freqtrade's number of the trade.
    """

    account: str
    symbol: str
    side: str
    quote: str
    opened_at: datetime
    closed_at: datetime
    profit_quote: Decimal
    funding_quote: Decimal
    trade_id: int


def movements_of(
    trade: AccountTrade, entries: Iterable[JournalEntry] = ()
) -> Iterator[Movement | ContractResult]:
    """Yield what a trade moved, in the sequence it happened.

    Each order is a movement where the journal has them all; where it has not, because the trade is
    older than the journal, its entries are one movement at their mean price and its exits another.

    Parameters
    ----------
    trade
        The trade.
    entries
        The journal of it, in any sequence; only fills count.
    """
    if Pair.parse(trade.symbol).settle is not None:
        yield from _contract(trade)
        return
    fills = tuple(_last_of_each_order(entries))
    yield from _by_order(trade, fills) if has_all_fills(trade, fills) else _by_mean(trade)


def exact(value: float | None) -> Decimal:
    """Return a stored figure as a decimal number; None is 0."""
    return Decimal(repr(value or 0.0))


def _contract(trade: AccountTrade) -> Iterator[ContractResult]:
    if trade.closed_at is not None:
        yield ContractResult(
            account=trade.account,
            symbol=trade.symbol,
            side=trade.side,
            quote=trade.quote,
            opened_at=trade.opened_at,
            closed_at=trade.closed_at,
            profit_quote=exact(trade.profit_quote),
            funding_quote=exact(trade.funding_quote),
            trade_id=trade.trade_id,
        )


def _last_of_each_order(entries: Iterable[JournalEntry]) -> Iterator[JournalEntry]:
    """Yield of each order the fill that has the most of it; fills are noted as running sums."""
    most: dict[str | None, JournalEntry] = {}
    for entry in entries:
        if entry.kind is Kind.FILL:
            known = most.get(entry.order_id)
            if known is None or known.document["filled"] < entry.document["filled"]:
                most[entry.order_id] = entry
    yield from sorted(most.values(), key=lambda entry: (entry.at, entry.order_id or ""))


def has_all_fills(trade: AccountTrade, entries: Iterable[JournalEntry]) -> bool:
    """Return whether the fills among `entries` add up to the trade's amount."""
    fills = tuple(_last_of_each_order(entries))
    bought = float(sum(fill.document["filled"] for fill in fills if _sign(fill) > 0))
    sold = float(sum(fill.document["filled"] for fill in fills if _sign(fill) < 0))
    held = trade.amount if trade.is_open else 0.0
    total = bought if trade.is_open else trade.amount
    slack = _WHOLE_FRAC * trade.amount
    return bought > 0.0 and abs(bought - total) <= slack and abs(bought - sold - held) <= slack


def _by_order(trade: AccountTrade, fills: tuple[JournalEntry, ...]) -> Iterator[Movement]:
    totals = {sign: _worth(fill for fill in fills if _sign(fill) == sign) for sign in (1, -1)}
    fees = {1: exact(trade.fee_open_quote), -1: exact(trade.fee_close_quote)}
    for fill in fills:
        sign, worth = _sign(fill), _worth([fill])
        share = fees[sign] * worth / totals[sign] if totals[sign] else Decimal()
        amount = exact(fill.document["filled"]) * sign
        yield _movement(trade, fill.at, amount=amount, worth=worth, fee=share)


def _sign(fill: JournalEntry) -> int:
    return 1 if fill.document["role"] == _ENTRY else -1


def _worth(fills: Iterable[JournalEntry]) -> Decimal:
    parts = (exact(fill.document["filled"]) * exact(fill.document["price"]) for fill in fills)
    return sum(parts, Decimal())


def _by_mean(trade: AccountTrade) -> Iterator[Movement]:
    amount = exact(trade.amount)
    worth, fee = amount * exact(trade.open_rate), exact(trade.fee_open_quote)
    yield _movement(trade, trade.opened_at, amount=amount, worth=worth, fee=fee)
    if trade.closed_at is not None and trade.close_rate is not None:
        worth, fee = amount * exact(trade.close_rate), exact(trade.fee_close_quote)
        yield _movement(trade, trade.closed_at, amount=-amount, worth=worth, fee=fee)


def _movement(
    trade: AccountTrade, at: datetime, *, amount: Decimal, worth: Decimal, fee: Decimal
) -> Movement:
    pair = Pair.parse(trade.symbol)
    return Movement(
        account=trade.account,
        asset=pair.base,
        quote=trade.quote,
        at=at,
        amount=amount,
        value_quote=worth + fee if amount > 0 else worth - fee,
        trade_id=trade.trade_id,
    )
