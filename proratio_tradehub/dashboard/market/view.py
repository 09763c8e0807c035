"""Draws the values of the page Market as markup. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    card,
    facts,
    formats,
    note,
    table,
    tile,
    tiles,
    tone_of,
)
from proratio_tradehub.dashboard.market.pane import Book, Deal, Pane

__all__ = ["book_card", "deal_card", "market_tiles", "verdict_card"]

_LEVELS = 8


def market_tiles(pane: Pane, now: datetime) -> Html:
    """Return the last price, what it did over the span, and what was done."""
    candles, key = pane.candles, pane.stored.key
    first, last = float(candles["open"].iloc[0]), float(candles["close"].iloc[-1])
    moved = last / first - 1.0 if first else None
    closed_at = candles["date"].iloc[-1].to_pydatetime()
    low, high = float(candles["low"].min()), float(candles["high"].max())
    profits = [deal.profit_quote for deal in pane.deals if deal.profit_quote is not None]
    earned = sum(profits) if profits else None
    return tiles(
        tile(
            f"{key.pair} {key.timeframe}",
            formats.price(last),
            f"candle opened {formats.age(closed_at, now)}",
        ),
        tile("Over the span", formats.change_percent(moved), tone=tone_of(moved)),
        tile("Low and high", f"{formats.price(low)} – {formats.price(high)}"),
        tile(
            "Trades here",
            formats.count(len(pane.deals)),
            f"{formats.change(earned, key.pair.quote)} realised" if profits else "none closed",
        ),
    )


def deal_card(deal: Deal, quote: str) -> Html:
    """Return one trade in words."""
    left = "open" if deal.closed_at is None else formats.moment(deal.closed_at)
    lines: list[tuple[str, object]] = [
        ("Side", deal.side),
        ("Entered", f"{formats.moment(deal.opened_at)} at {formats.price(deal.open_rate)}"),
        ("Left", f"{left} at {formats.price(deal.close_rate)}" if deal.close_rate else left),
        ("Result", f"{formats.change(deal.profit_quote, quote)}, "
                   f"{formats.change_percent(deal.profit_frac)}"),
        ("Because", deal.reason or formats.NOTHING),
        ("Stop", formats.price(deal.stop_price)),
        ("Signal", deal.tag or "no vote: the rule alone"),
    ]  # fmt: skip
    return card("Trade", facts(lines))


def verdict_card(document: Mapping[str, object] | None) -> Html:
    """Return what the risk profile said of an entry, every figure of it."""
    if document is None:
        return card("Risk verdict", note("The journal has no verdict on this entry."))
    return card("Risk verdict", facts(sorted((name, str(v)) for name, v in document.items())))


def book_card(book: Book | None, now: datetime) -> Html:
    """Return the best levels of the order book."""
    if book is None:
        return card(
            "Order book", note("Nobody streams it: proratio data stream keeps order books.")
        )
    pairs = list(zip(book.bids, book.asks, strict=False))[:_LEVELS]
    lines = [
        (
            Cell(f"{bid[1]:,.4g}"),
            Cell(formats.price(bid[0]), tone_of(1.0)),
            Cell(formats.price(ask[0]), tone_of(-1.0)),
            Cell(f"{ask[1]:,.4g}"),
        )
        for bid, ask in pairs
    ]
    aside = f"spread {formats.bps(book.spread_frac)}, seen {formats.age(book.seen_at, now)}"
    columns = ("Bid amount", "Bid", "Ask", "Ask amount")
    listed = table(columns, lines, caption="Order book", text_columns=())
    return card("Order book", listed, aside=aside)
