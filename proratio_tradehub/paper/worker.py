"""The only door to Freqtrade's worker: a real bot whose sleep lets virtual time pass."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from freqtrade.data.converter import converter
from freqtrade.enums import State
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import exchange as host_exchange
from freqtrade.persistence import Trade as HostTrade
from freqtrade.persistence import enable_database_use
from freqtrade.worker import Worker

from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.replay import AsyncLine, DirectExchange, Line
from proratio_quantlab.results import Trade
from proratio_tradehub.paper.causes import AT_THE_END
from proratio_tradehub.paper.fast_candles import fast_cleaning
from proratio_tradehub.paper.progress import Progress
from proratio_tradehub.paper.virtual_time import VirtualTime

__all__ = ["SessionTrades", "run_worker"]


@dataclass(frozen=True)
class SessionTrades:
    """What a worker did.

    Parameters
    ----------
    trades
        Closed trades, and open ones as if sold at the last price, by opening time.
    until
        The virtual time it reached.
    loops
        Loops of the bot.
    wall_s, cpu_s
        What that took, without the start.
    refusals
        Entries the risk profile refused, by rule.
    interrupted
        Whether it was stopped before its end.
    """

    trades: tuple[Trade, ...]
    until: datetime
    loops: int
    wall_s: float
    cpu_s: float
    refusals: dict[str, int]
    interrupted: bool


def run_worker(
    config: dict[str, Any],
    exchange: DirectExchange,
    hand: VirtualTime,
    *,
    end: datetime,
    report: Callable[[Progress], None],
) -> SessionTrades:
    """Let a bot trade until `end`, or until Ctrl-C.

    Parameters
    ----------
    config
        What `worker_config` returned.
    exchange
        The replayed market.
    hand
        Moves the time; it is where the session begins.
    end
        When to stop.
    report
        Told how far it is, once a virtual hour.

    Raises
    ------
    ConfigurationError
        Freqtrade does not start with this configuration.
    ProratioError
        The bot stopped of its own accord, or a callback of the strategy raised.
    """
    config["exchange"]["ccxt_sync_config"] = {"session": Line(exchange)}
    config["exchange"]["ccxt_async_config"] = {"session": AsyncLine(exchange)}
    with _quiet(), _fast_candles(), _sleeping(hand), _worker(config) as worker:
        began, busy = time.perf_counter(), time.process_time()
        with _resting_collector():
            interrupted = _loop(worker, hand, end=end, report=report)
        until = min(hand.now, end)
        trades = tuple(_trades(worker, until))
        strategy = worker.freqtrade.strategy
        if not interrupted:
            _refuse_refusals(strategy)
        return SessionTrades(
            trades=trades,
            until=until,
            loops=hand.loops,
            wall_s=time.perf_counter() - began,
            cpu_s=time.process_time() - busy,
            refusals=dict(getattr(strategy, "refused_entries", {})),
            interrupted=interrupted,
        )


def _loop(
    worker: Worker, hand: VirtualTime, *, end: datetime, report: Callable[[Progress], None]
) -> bool:
    """Return whether Ctrl-C ended the session."""
    state, told = None, None
    try:
        while hand.now < end:
            state = worker._worker(old_state=state)  # noqa: SLF001  # what `run` does for ever
            if worker.freqtrade.state is State.STOPPED:
                raise ProratioError("the bot stopped trading; the log above says why")
            hour = (hand.now.day, hand.now.hour)
            if hour != told:
                told = hour
                report(_progress(worker, hand.now))
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def _worker(config: dict[str, Any]) -> Iterator[Worker]:
    enable_database_use()  # a backtest of the same process may have gone without
    try:
        worker = Worker({}, config)
    except FreqtradeException as error:
        raise ConfigurationError(
            f"Freqtrade does not start {config['strategy']}: {' '.join(str(error).split())}"
        ) from error
    try:
        yield worker
    finally:
        loop = worker.freqtrade.exchange.loop
        worker.exit()
        HostTrade.session.remove()
        if not loop.is_closed():
            loop.close()
        asyncio.set_event_loop(None)


@contextmanager
def _sleeping(hand: VirtualTime) -> Iterator[None]:
    original = Worker._sleep  # noqa: SLF001  # made for tests to replace
    Worker._sleep = staticmethod(hand.pass_s)  # noqa: SLF001
    try:
        yield
    finally:
        Worker._sleep = staticmethod(original)  # noqa: SLF001


@contextmanager
def _fast_candles() -> Iterator[None]:
    original = converter.clean_ohlcv_dataframe
    converter.clean_ohlcv_dataframe = fast_cleaning(original)
    host_exchange.clean_ohlcv_dataframe = converter.clean_ohlcv_dataframe
    try:
        yield
    finally:
        converter.clean_ohlcv_dataframe = host_exchange.clean_ohlcv_dataframe = original


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Freqtrade's log say what went wrong, and not each of some thousand things it does."""
    log = logging.getLogger("freqtrade")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _resting_collector() -> Iterator[None]:
    """Spare the collector the hundred thousand objects that stay: it looks at them every loop."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _progress(worker: Worker, now: datetime) -> Progress:
    known: list[Any] = HostTrade.get_trades_proxy()
    held = sum(trade.is_open for trade in known)
    equity = _equity(getattr(worker.freqtrade.strategy, "_risk", None))
    return Progress(now, len(known) - held, held, equity)


def _equity(risk: Any) -> float | None:
    """Return equity as the risk desk last saw it; None before it saw any."""
    book = None if risk is None else risk.desk.book
    return book.last_quote if book is not None and book.last_at is not None else None


def _trades(worker: Worker, until: datetime) -> Iterator[Trade]:
    """Yield every position of the session; what is open is sold at the price of its end."""
    bot = worker.freqtrade
    for trade in sorted(HostTrade.get_trades_proxy(), key=lambda t: (t.open_date_utc, t.pair)):
        if not trade.is_open:
            yield _closed(trade, trade.close_rate, trade.close_date_utc, trade.exit_reason)
        elif trade.has_open_position:
            rate = bot.exchange.get_rate(
                trade.pair, side="exit", is_short=trade.is_short, refresh=True
            )
            yield _closed(trade, rate, until, AT_THE_END)


def _closed(trade: Any, rate: float, at: datetime, reason: str) -> Trade:
    """Return a trade as it was closed, or would be."""
    profit = trade.calculate_profit(rate) if trade.is_open else None
    fees = trade.open_rate * trade.fee_open + rate * trade.fee_close
    side = -1 if trade.is_short else 1
    risk = side * (trade.open_rate - (trade.initial_stop_loss or 0.0)) * trade.amount
    return Trade(
        pair=trade.pair,
        opened_at=trade.open_date_utc,
        closed_at=at,
        open_rate=trade.open_rate,
        close_rate=rate,
        amount=trade.amount,
        stake_quote=trade.stake_amount,
        profit_quote=profit.total_profit if profit else trade.close_profit_abs,
        profit_frac=profit.total_profit_ratio if profit else trade.close_profit,
        fees_quote=fees * trade.amount,
        exit_reason=reason,
        enter_tag=trade.enter_tag or "",
        risk_quote=risk if trade.initial_stop_loss and risk > 0 else None,
    )


def _refuse_refusals(strategy: Any) -> None:
    refused = getattr(strategy, "refused_callbacks", None)
    if refused:
        counts = ", ".join(f"{name} {count} times" for name, count in sorted(refused.items()))
        raise ProratioError(
            f"{strategy.get_strategy_name()} raised in {counts}; every such call was refused, so "
            "the session would mean nothing. The log above names the errors"
        )
