"""Trades that follow the votes over real candles, and the equity they leave, an hour at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_tradehub.journal import AccountTrade, record_trades
from proratio_tradehub.strategies.gate import signal_id
from tests.world.scene import ACCOUNT, LAST_CLOSE, QUOTE, Scale, key_of, pair_names

__all__ = ["STRATEGY", "record_trading"]

STRATEGY = "AIEnhancedTrend"
_BALANCE = 10_000.0
_STAKE = 900.0
_FEE_FRAC = 0.001
_STOP_FRAC, _TARGET_FRAC = 0.028, 0.046
_LONGEST_CANDLES = 60
_HOUR_MS = 3_600_000
_BUYS = (
    "SELECT profile.name, symbol, as_of FROM vote JOIN series ON series.id = series_id "
    "JOIN profile ON profile.id = profile_id "
    "WHERE vote.action = 1 AND NOT degraded ORDER BY as_of, symbol"
)


@dataclass(slots=True)
class _Market:
    times_ms: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray


def record_trading(database: Database, scale: Scale) -> tuple[AccountTrade, ...]:
    """Trade the votes, three positions at a time, and record trades and equity; return them."""
    store = CandleStore(database)
    markets = {}
    for base in pair_names(scale):
        frame = store.read(key_of(base))
        columns = (frame[name].to_numpy() for name in ("open", "high", "low", "close"))
        markets[f"{base}/{QUOTE}"] = _Market(open_times_ms(frame), *columns)
    with database.transaction() as cursor:
        cursor.execute(_BUYS)
        buys = cursor.fetchall()
    trades = tuple(_trades(buys, markets))
    record_trades(database, trades)
    _record_equity(database, _equity(trades, markets, scale))
    return trades


def _trades(
    buys: Sequence[tuple[str, str, datetime]], markets: dict[str, _Market]
) -> Iterator[AccountTrade]:
    busy: dict[str, datetime] = {}
    number = 0
    for profile, symbol, as_of in buys:
        held = {name for name, until in busy.items() if until > as_of}
        if symbol in held or len(held) >= 3 or as_of >= LAST_CLOSE:
            continue
        number += 1
        trade = _trade(number, signal_id(profile, to_ms(as_of)), symbol, as_of, markets[symbol])
        busy[symbol] = trade.closed_at or LAST_CLOSE + timedelta(days=1)
        yield trade


def _trade(number: int, tag: str, symbol: str, as_of: datetime, market: _Market) -> AccountTrade:
    """Return the trade that begins when the next candle opens."""
    first = int(np.searchsorted(market.times_ms, to_ms(as_of)))
    last = int(np.searchsorted(market.times_ms, to_ms(LAST_CLOSE)))
    opened = market.open[first]
    stop, target = opened * (1 - _STOP_FRAC), opened * (1 + _TARGET_FRAC)
    rate, reason, place = None, None, min(first + _LONGEST_CANDLES, last)
    for here in range(first, place):
        if market.low[here] <= stop:
            rate, reason, place = stop, "stop_loss", here
            break
        if market.high[here] >= target:
            rate, reason, place = target, "take_profit", here
            break
    if rate is None and place < last:
        rate, reason = market.close[place], "holding_time"
    amount = _STAKE / opened
    head = AccountTrade(
        account=ACCOUNT,
        symbol=symbol,
        entry_order_id=f"world-{number}",
        trade_id=number,
        strategy=STRATEGY,
        side="long",
        quote=QUOTE,
        is_open=rate is None,
        opened_at=as_of + timedelta(seconds=4),
        open_rate=float(opened),
        amount=float(amount),
        stake_quote=_STAKE,
        leverage=1.0,
        fee_open_quote=_STAKE * _FEE_FRAC,
        funding_quote=0.0,
        stop_price=float(stop),
        enter_tag=tag,
    )
    return head if rate is None else _closed(head, float(rate), str(reason), market, place)


def _closed(
    trade: AccountTrade, rate: float, reason: str, market: _Market, place: int
) -> AccountTrade:
    fee = trade.amount * rate * _FEE_FRAC
    profit = trade.amount * (rate - trade.open_rate) - trade.fee_open_quote - fee
    return replace(
        trade,
        closed_at=from_ms(int(market.times_ms[place]) + _HOUR_MS // 2),
        close_rate=rate,
        exit_reason=reason,
        fee_close_quote=fee,
        profit_quote=profit,
        profit_frac=profit / trade.stake_quote,
    )


def _equity(
    trades: Sequence[AccountTrade], markets: dict[str, _Market], scale: Scale
) -> Iterator[tuple[datetime, float]]:
    """Yield the equity at the close of each hour."""
    start = LAST_CLOSE - timedelta(days=scale.days)
    hours = scale.days * 24 + 1
    moments_ms = to_ms(start) + np.arange(hours) * _HOUR_MS
    equity = np.full(hours, _BALANCE)
    for trade in trades:
        market = markets[trade.symbol]
        begin = to_ms(trade.opened_at)
        end = to_ms(trade.closed_at) if trade.closed_at else to_ms(LAST_CLOSE) + 1
        inside = (moments_ms > begin) & (moments_ms < end)
        places = np.searchsorted(market.times_ms, moments_ms[inside]) - 1
        equity[inside] += trade.amount * (market.close[places] - trade.open_rate)
        equity[inside] -= trade.fee_open_quote
        equity[moments_ms >= end] += trade.profit_quote or 0.0
    for moment, quote in zip(moments_ms, equity, strict=True):
        yield from_ms(int(moment)), float(quote)


def _record_equity(database: Database, marks: Iterator[tuple[datetime, float]]) -> None:
    with database.transaction() as cursor:
        rows = ",".join(cursor.mogrify("(%s, %s, %s)", (ACCOUNT, *mark)).decode() for mark in marks)
        cursor.execute(
            f"INSERT INTO equity_mark (account, observed_at, equity_quote) VALUES {rows}"
        )
