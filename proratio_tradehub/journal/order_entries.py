"""What the orders of a trade have to tell: placed, filled, given up; and how the trade ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import Kind
from proratio_tradehub.journal.journal import Journal
from proratio_tradehub.journal.trade_figures import role_of, trade_key

__all__ = ["OrderState", "note_exit", "note_orders", "order_states"]

_GIVEN_UP: Final = frozenset({"canceled", "cancelled", "expired", "rejected"})

OrderState = tuple[str, bool, float, str | None]
"""Number, whether it is open, how much of it is filled, and the exchange's word for it."""


def order_states(trade: Any) -> tuple[OrderState, ...]:
    """Return what changes whenever there is something to tell about an order."""
    return tuple((o.order_id, bool(o.ft_is_open), o.safe_filled, o.status) for o in trade.orders)


def note_orders(
    journal: Journal,
    trade: Any,
    now: datetime,
    *,
    intents: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Note everything the orders of a trade have come to; noted again it is the same.

    Parameters
    ----------
    journal
        Where.
    trade
        A `freqtrade.persistence.Trade` with its orders.
    now
        The time it is, for what Freqtrade keeps no time of.
    intents
        Order -> name of the intent it was sent for, where that is known.
    """
    for order in trade.orders:
        for kind, about, at, document in _told(order, now):
            if kind is Kind.ORDER and order.order_id in intents:
                document["intent"] = intents[order.order_id]
            journal.note(
                kind,
                *(trade.pair, order.order_id, *about),
                at=at,
                document={"role": role_of(trade, order), **document},
                symbol=trade.pair,
                signal_id=trade.enter_tag,
                trade_id=trade.id,
                order_id=order.order_id,
            )


def note_exit(journal: Journal, trade: Any, figures: AccountTrade) -> None:
    """Note how a trade ended."""
    if figures.closed_at is None:
        return
    journal.note(
        Kind.EXIT,
        *trade_key(trade),
        at=figures.closed_at,
        document={
            "reason": figures.exit_reason,
            "side": figures.side,
            "open_rate": figures.open_rate,
            "close_rate": figures.close_rate,
            "profit_quote": figures.profit_quote,
            "profit_frac": figures.profit_frac,
            "held_s": (figures.closed_at - figures.opened_at).total_seconds(),
        },
        symbol=trade.pair,
        signal_id=trade.enter_tag,
        trade_id=trade.id,
    )


def _told(
    order: Any, now: datetime
) -> Iterator[tuple[Kind, tuple[object, ...], datetime, dict[str, Any]]]:
    """Yield kind, what makes it an event of its own, time and document of each event."""
    asked = {"type": order.order_type, "amount": order.safe_amount, "price": order.ft_price}
    placed_at = order.order_date_utc if order.order_date else now
    yield Kind.ORDER, (), placed_at, asked | {"stop_price": order.stop_price}
    filled_at = order.order_filled_utc or now
    if order.safe_filled > 0.0:
        filled = {
            "filled": order.safe_filled,
            "remaining": order.safe_remaining,
            "price": order.safe_price,
            "is_whole": not order.ft_is_open and order.status not in _GIVEN_UP,
        }
        yield Kind.FILL, (order.safe_filled,), filled_at, filled
    if not order.ft_is_open and order.status in _GIVEN_UP:
        why = {"status": order.status, "reason": order.ft_cancel_reason}
        yield Kind.CANCEL, (), now, why | {"filled": order.safe_filled}
