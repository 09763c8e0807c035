"""What Freqtrade's trade says, in figures that add up. Pure.

Freqtrade keeps, of a trade with several exits, the price of the last one, and its `fee_open_cost`
is that of the stake and not of the leveraged position. So the figures are computed from the orders,
with the fee rates that Freqtrade's own profit rests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from proratio_tradehub.journal.account_trade import AccountTrade

__all__ = ["TradeKey", "account_trade", "role_of", "trade_key"]

TradeKey = tuple[str, str]
"""Symbol and number of its first order: what names a trade in its account for ever."""

_STOP: Final = "stoploss"


def trade_key(trade: Any) -> TradeKey:
    """Return what names a trade of Freqtrade's in its account."""
    first = trade.orders[0].order_id if trade.orders else f"trade {trade.id}"
    return str(trade.pair), str(first)


def role_of(trade: Any, order: Any) -> str:
    """Return what an order does to its trade: `entry`, `exit` or `stop`, which is an exit too."""
    if order.ft_order_side == _STOP:
        return "stop"
    return "entry" if order.ft_order_side == trade.entry_side else "exit"


def account_trade(trade: Any, account: str) -> AccountTrade | None:
    """Return the figures of a trade; None as long as nothing of it was filled.

    Parameters
    ----------
    trade
        A `freqtrade.persistence.Trade` with its orders.
    account
        Whose it is.
    """
    filled = [order for order in trade.orders if order.safe_filled > 0.0]
    bought, paid_quote = _sums(one for one in filled if role_of(trade, one) == "entry")
    if not bought > 0.0:
        return None
    exits = [one for one in filled if role_of(trade, one) != "entry"]
    sold, got_quote = _sums(exits)
    leverage = float(trade.leverage or 1.0)
    open_rate = paid_quote / bought
    amount = max(bought - sold, 0.0) if trade.is_open else bought
    symbol, entry_order_id = trade_key(trade)
    opened_at = trade.date_entry_fill_utc or trade.open_date_utc
    profit = trade.realized_profit if trade.is_open else trade.close_profit_abs
    has_profit = bool(exits) and profit is not None
    return AccountTrade(
        account=account,
        symbol=symbol,
        entry_order_id=entry_order_id,
        trade_id=trade.id,
        strategy=trade.strategy or "",
        side="short" if trade.is_short else "long",
        quote=trade.safe_quote_currency,
        is_open=bool(trade.is_open),
        opened_at=opened_at,
        closed_at=None if trade.is_open else trade.close_date_utc or opened_at,
        open_rate=open_rate,
        close_rate=got_quote / sold if sold > 0.0 else None,
        amount=amount,
        stake_quote=amount * open_rate / leverage,
        leverage=leverage,
        stop_price=trade.stop_loss or None,
        enter_tag=trade.enter_tag or None,
        exit_reason=trade.exit_reason or None,
        fee_open_quote=(trade.fee_open or 0.0) * paid_quote,
        fee_close_quote=(trade.fee_close or 0.0) * got_quote if exits else None,
        funding_quote=float(trade.funding_fees or 0.0),
        profit_quote=profit if has_profit else None,
        profit_frac=trade.close_profit if has_profit else None,
    )


def _sums(orders: Iterable[Any]) -> tuple[float, float]:
    """Return how much was filled, and for how much of the quote currency."""
    parts = [(order.safe_amount_after_fee, order.safe_price) for order in orders]
    return sum(amount for amount, _ in parts), sum(amount * price for amount, price in parts)
