"""What a strategy puts on record besides what its risk desk does; a backtest has no record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from proratio_core.values import Timeframe
from proratio_tradehub.journal import Kind, TradingRecord, unhindered
from proratio_tradehub.orders import OrderEvent, OrderEventKind
from proratio_tradehub.strategies.candidate import last_candidate

__all__ = ["note_candidate", "note_failure", "note_incident", "note_order", "record_of"]


def record_of(strategy: Any) -> TradingRecord | None:
    """Return the record of a strategy that trades; None in a backtest, or before it has begun."""
    risk = getattr(strategy, "_risk", None)
    return None if risk is None else risk.record


def note_candidate(strategy: Any, pair: str, advised: pd.DataFrame) -> None:
    """Note that the rule would enter on the last candle of `advised`, if it would."""
    record = record_of(strategy)
    if record is None:
        return
    candidate = last_candidate(advised, Timeframe(strategy.timeframe))
    if candidate is not None:
        record.decisions.candidate(pair, candidate)


def note_failure(strategy: Any, callback: str, error: BaseException) -> None:
    """Note that a callback raised and was refused."""
    record = record_of(strategy)
    if record is not None:
        record.decisions.failed(callback, error)


@unhindered
def note_incident(strategy: Any, symbol: str | None, what: str) -> None:
    """Note that something went wrong with a market, or with none, and tell it in a message."""
    strategy.dp.send_msg(what, always_send=True)
    record, now = record_of(strategy), datetime.now(UTC)
    if record is not None:
        record.journal.note(
            *(Kind.INCIDENT, symbol, what, now), at=now, document={"what": what}, symbol=symbol
        )


@unhindered
def note_order(strategy: Any, event: OrderEvent) -> None:
    """Note what happened to an order; that it was accepted is noted with its trade."""
    record, intent = record_of(strategy), event.intent
    if record is None:
        return
    if event.kind is OrderEventKind.ORDER:
        record.accepted(str(event.order_id), intent.name)
        return
    told = {name: value for name, value in event.document.items() if name != "order"}
    record.journal.note(
        Kind(event.kind.value),
        *(intent.name, *told.values()),
        at=event.at,
        document={**event.document, **told},
        symbol=intent.symbol,
        signal_id=intent.tag,
        order_id=event.order_id,
    )
