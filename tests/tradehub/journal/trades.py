"""Real trades of Freqtrade's, made by hand, and a book of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from freqtrade.persistence import Order, Trade

from tests.tradehub.journal.made import NOW, SIGNAL


class MadeTrades:
    """A book of trades that are given to it."""

    def __init__(self, *trades: Any) -> None:
        self.trades = list(trades)

    def current(self, ids: Collection[int], from_id: int) -> Sequence[Any]:
        return [one for one in self.trades if one.is_open or one.id in ids or one.id >= from_id]

    def newest_id(self) -> int:
        return max((one.id for one in self.trades), default=0)

    def closed(self, above_id: int, limit: int) -> Sequence[Any]:
        later = [one for one in self.trades if not one.is_open and one.id > above_id]
        return sorted(later, key=lambda one: int(one.id))[:limit]


def a_ft_trade(number: int = 1, **changes: Any) -> Trade:
    """Return a trade of Freqtrade's without any order yet."""
    usual: dict[str, Any] = {
        "id": number,
        "pair": "BTC/USDT",
        "base_currency": "BTC",
        "stake_currency": "USDT",
        "stake_amount": 100.0,
        "amount": 0.0,
        "amount_requested": 1.0,
        "is_open": True,
        "fee_open": 0.001,
        "fee_close": 0.001,
        "open_rate": 100.0,
        "open_date": NOW,
        "exchange": "binance",
        "strategy": "Trend",
        "enter_tag": SIGNAL,
        "leverage": 1.0,
        "is_short": False,
        "trading_mode": "spot",
        "amount_precision": 8,
        "price_precision": 8,
        "precision_mode": 2,
        "precision_mode_price": 2,
        "contract_size": 1.0,
    }
    return Trade(**(usual | changes))


def an_order(
    trade: Trade,
    side: str = "buy",
    *,
    amount: float = 1.0,
    filled: float | None = None,
    price: float = 100.0,
    after: timedelta = timedelta(0),
    **changes: Any,
) -> Order:
    """Add an order to a trade; it is filled wholly unless `filled` says how much of it is."""
    done = amount if filled is None else filled
    is_open = changes.pop("ft_is_open", done < amount)
    order = Order(
        ft_order_side=side,
        ft_pair=trade.pair,
        ft_is_open=is_open,
        ft_amount=amount,
        ft_price=price,
        order_id=changes.pop("order_id", f"{side}-{trade.id}-{len(trade.orders)}"),
        status=changes.pop("status", "open" if is_open else "closed"),
        order_type=changes.pop("order_type", "limit"),
        side=side,
        price=price,
        average=price if done else None,
        amount=amount,
        filled=done,
        remaining=amount - done,
        order_date=NOW + after,
        order_filled_date=None if is_open or not done else NOW + after,
        **changes,
    )
    trade.orders.append(order)
    return order


def filled(trade: Trade, *, at: datetime | None = None) -> Trade:
    """Let Freqtrade recalculate a trade from its orders."""
    trade.recalc_trade_from_orders()
    return trade
