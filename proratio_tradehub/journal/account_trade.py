"""A trade as Freqtrade's own database has it, in figures that add up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["AccountTrade", "Side"]

Side = Literal["long", "short"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTrade:
    """One trade of which at least a part was filled.

    Of a closed trade, `amount` times what `close_rate` lies above `open_rate` (below, when short),
    less both fees, plus funding, is `profit_quote`.

    Parameters
    ----------
    account
        Whose it is: "BOT MODE SOURCE MARKET".
    symbol, entry_order_id
        The market, in ccxt's notation, and the exchange's number of the trade's first order; with
        the account they name a trade for ever.
    trade_id
        Freqtrade's number of it. A new database of Freqtrade begins again with 1.
    strategy, side, quote
        Who opened it, `long` or `short`, and the currency everything is counted in.
    is_open
        Whether anything is held, or an order that would change that is under way.
    opened_at, closed_at
        When it was first and last filled, UTC; `closed_at` is None while it is open.
    open_rate, close_rate
        Mean price of its entries and of its exits, weighted by amount; no exit yet is None.
    amount
        In base currency. What is held of an open trade; what was ever bought (sold, when short) of
        a closed one.
    stake_quote
        Own money in it, as `amount` counts it.
    leverage
        Notional value over own money.
    stop_price
        Where its stop stands, or stood last; None without one.
    enter_tag, exit_reason
        The signal id, and why it was left; None where there is none.
    fee_open_quote, fee_close_quote
        Fees of its entries and of its exits; no exit yet is None.
    funding_quote
        Funding received; negative when it was paid.
    profit_quote, profit_frac
        After fees and funding, and as a fraction of the stake. Of an open trade what its partial
        exits realised; None without any.
    updated_at
        When this was last written to the table; None until it is stored.
    """

    account: str
    symbol: str
    entry_order_id: str
    trade_id: int
    strategy: str
    side: Side
    quote: str
    is_open: bool
    opened_at: datetime
    open_rate: float
    amount: float
    stake_quote: float
    leverage: float
    fee_open_quote: float
    funding_quote: float
    closed_at: datetime | None = None
    close_rate: float | None = None
    stop_price: float | None = None
    enter_tag: str | None = None
    exit_reason: str | None = None
    fee_close_quote: float | None = None
    profit_quote: float | None = None
    profit_frac: float | None = None
    updated_at: datetime | None = None
