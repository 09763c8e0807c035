"""The order desk of a strategy that sends orders; a backtest and a dry-run have none."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.persistence import Trade

from proratio_core.clock import Clock, SystemClock
from proratio_core.exchange import RequestGate
from proratio_core.settings import load_settings
from proratio_tradehub.orders import (
    DelistingWatch,
    IntentFile,
    OrderDesk,
    OrderEvent,
    OrderEventKind,
    intent_path,
)
from proratio_tradehub.strategies.partial_entries import PartialEntries
from proratio_tradehub.strategies.recorded import note_incident
from proratio_tradehub.strategies.risk_opening import account_name
from proratio_tradehub.strategies.trade_book import FreqtradeBook

__all__ = ["LiveOrders", "guard_requests", "open_orders"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class LiveOrders:
    """What has to be looked after in every loop where orders are sent.

    Parameters
    ----------
    desk
        Through which they pass.
    watch
        Tells of held pairs that are no longer traded.
    exchange
        Freqtrade's.
    """

    def __init__(self, desk: OrderDesk, watch: DelistingWatch, exchange: Any) -> None:
        self.desk = desk
        self._watch = watch
        self._exchange = exchange
        self.partial = PartialEntries()

    def attend(self) -> None:
        """Ask what became of orders whose reply did not come, and look at what is held."""
        self.desk.settle()
        held = [trade.pair for trade in Trade.get_trades_proxy(is_open=True)]
        self._watch.look(held, self._exchange.markets)


def guard_requests(exchange: Any, *, clock: Clock) -> RequestGate:
    """Return the gate before every request of Freqtrade's exchange, whichever client sends it."""
    gate = RequestGate(clock)
    for name in ("_api", "_api_async", "_ws_async"):
        client = getattr(exchange, name, None)
        if client is not None:
            gate.guard(client)
    return gate


def open_orders(
    strategy: Any, tell: Callable[[Any, OrderEvent], None] = lambda *_: None
) -> LiveOrders | None:
    """Return the desk through which a strategy's orders pass from now on; None when it sends none.

    Wherever an exchange is asked, on paper too, a gate stands before every request from now on.

    Parameters
    ----------
    strategy
        Set up by Freqtrade. It is held weakly: the desk belongs to the exchange's client.
    tell
        Given the strategy and what happened to an order; must not wait.

    Raises
    ------
    DataError, OSError
        The file of intents cannot be used; then nothing may be entered.
    """
    config, clock = strategy.config, SystemClock()
    if config["runmode"] not in TRADE_MODES:
        return None
    strategy = weakref.proxy(strategy)
    exchange = strategy.dp._exchange  # noqa: SLF001  # no public way to it
    gate = guard_requests(exchange, clock=clock)
    if config["runmode"] is not RunMode.LIVE:
        return None
    settings = load_settings().model_copy(update={"user_data": Path(config["user_data_dir"])})
    desk = OrderDesk(
        exchange._api,  # noqa: SLF001  # as above
        IntentFile(intent_path(settings, account_name(config))),
        FreqtradeBook(strategy),
        gate=gate,
        clock=clock,
        tell=_telling(strategy, tell),
    )
    desk.take_over()
    return LiveOrders(desk, DelistingWatch(partial(note_incident, strategy)), exchange)


def _telling(
    strategy: Any, tell: Callable[[Any, OrderEvent], None]
) -> Callable[[OrderEvent], None]:
    """Return who is told of orders: the journal, and of incidents Freqtrade's own messages too."""

    def told(event: OrderEvent) -> None:
        tell(strategy, event)
        if event.kind is OrderEventKind.INCIDENT:
            strategy.dp.send_msg(f"{event.intent}: {event.document['what']}", always_send=True)

    return told
