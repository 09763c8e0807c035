"""The order desk: between Freqtrade and ccxt's `create_order`, so that no order is sent twice.

An order is written down before it is sent. Where the reply does not come, the exchange is asked
for the order by the name it was given; it is never sent again while its fate is open. What is
open at a start, or after a question without an answer, is asked about in every loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from proratio_core.clock import Clock, to_ms
from proratio_core.exchange import (
    OpenQuestion,
    RequestGate,
    acceptance_window_s,
    as_invalid_order,
    find_order,
    is_outcome_open,
    refusal,
)
from proratio_tradehub.orders.book import OrderEvent, OrderEventKind, TradeBook
from proratio_tradehub.orders.intent import OrderIntent, Purpose, new_name, purpose_of
from proratio_tradehub.orders.intent_file import IntentFile, OpenIntent

__all__ = ["OrderDesk"]

_PAUSES_S: Final = (0.25, 0.5, 1.0, 2.0)
"""Between questions right after a reply that did not come; then the trading loop goes on."""

_ROUND_S: Final = 5.0
"""A loop asks about open orders for so long; stops and exits of other trades come after it."""

_UNDER_WAY: Final = timedelta(seconds=10)
"""An order of this process is left alone for so long: a command from outside (an exit by hand) is
sent by a thread of its own, and its trade is in Freqtrade's database only after the reply."""

_SKEW: Final = timedelta(seconds=2)
"""By how much two clocks may differ when an order is given up."""

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

_Tell = Callable[[OrderEvent], None]


class OrderDesk:
    """Sends the orders of one account, each at most once.

    Parameters
    ----------
    client
        Freqtrade's ccxt client; from `take_over` on its orders pass here.
    file
        Where intents are written down.
    book
        Who keeps the trades.
    gate
        Stands before the client's requests.
    clock
        The time it is.
    tell
        Told of everything that happens to an order; must not wait.
    """

    def __init__(
        self,
        client: Any,
        file: IntentFile,
        book: TradeBook,
        *,
        gate: RequestGate,
        clock: Clock,
        tell: _Tell,
    ) -> None:
        self._client = client
        self._file = file
        self._book = book
        self._gate = gate
        self._clock = clock
        self._tell = tell
        self._place: Callable[..., dict[str, Any]] = client.create_order
        self._found_at_start = frozenset(file.open)
        self._expected: dict[str, tuple[str | None, float]] = {}
        self._reported: set[tuple[str, str]] = set()

    def take_over(self) -> None:
        """Let every order of the client pass here."""
        self._client.create_order = self.create_order

    def expect(self, symbol: str, *, tag: str | None, leverage: float) -> None:
        """Remember what Freqtrade knows of the next opening of a market and does not tell ccxt."""
        self._expected[symbol] = (tag, leverage)

    def is_frozen(self, symbol: str) -> bool:
        """Return whether the fate of an order of this market is open, so that none may be added."""
        return any(one.intent.symbol == symbol for one in self._file.open.values())

    def create_order(  # noqa: PLR0917  # as ccxt
        self,
        symbol: str,
        type: str,  # noqa: A002  # as ccxt
        side: str,
        amount: float,
        price: float | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Place an order as ccxt does, with ccxt's errors; where it exists already, return that."""
        self._gate.check()
        params = dict(params or {})
        contract = bool(self._client.market(symbol).get("contract"))
        purpose = purpose_of(side, params, is_contract=contract)
        earlier = self._earlier(symbol, purpose)
        if earlier is not None:
            return earlier
        tag, leverage = self._expected.get(symbol, (None, 1.0))
        stop = params.get("stopPrice")
        intent = OrderIntent(
            name=new_name(),
            at=self._clock.now(),
            symbol=symbol,
            side=side,
            kind=type,
            purpose=purpose,
            amount=float(amount),
            price=None if price is None else float(price),
            stop_price=None if stop is None else float(stop),
            tag=tag if purpose is Purpose.OPEN else None,
            leverage=leverage,
        )
        self._write_down(intent)
        return self._send(intent, params)

    def settle(self) -> None:
        """Ask about every order whose fate is open; never raises, and soon ends."""
        began = self._clock.monotonic()
        for one in self._file.open.values():
            if self._clock.monotonic() - began > _ROUND_S or self._gate.wait_s > 0.0:
                return
            try:
                self._settle(one)
            except Exception as error:  # noqa: BLE001  # the trading loop goes on; it is told
                self._report(one.intent, f"cannot be settled: {type(error).__name__}: {error}")

    def _send(self, intent: OrderIntent, params: Mapping[str, Any]) -> dict[str, Any]:
        words = (intent.symbol, intent.kind, intent.side, intent.amount, intent.price)
        try:
            order = _usable(self._place(*words, {**params, "clientOrderId": intent.name}))
        except Exception as error:
            if not is_outcome_open(error, server_failed=self._gate.server_failed):
                self._close(intent, "refused", said=str(error))
                raise self._refused(intent, error) from error
            found = self._asked_again(intent, error)
            if found is None:
                raise
            order = found
        self._accepted(intent, order)
        return order

    def _refused(self, intent: OrderIntent, error: Exception) -> Exception:
        """Return what Freqtrade is told of an order that was surely not accepted.

        It leaves a position at once whose stop is an invalid order, and tries again for ever where
        the exchange words its refusal otherwise.
        """
        if intent.purpose is not Purpose.STOP:
            return error
        self._report(intent, f"is not there: {error}", key=(intent.symbol, intent.purpose))
        return as_invalid_order(error)

    def _asked_again(self, intent: OrderIntent, error: Exception) -> dict[str, Any] | None:
        """Return the order if the exchange soon says that it has it; None leaves it open."""
        _log.warning("orders: no usable reply to %s (%r); the exchange is asked", intent, error)
        for pause_s in _PAUSES_S:
            self._clock.sleep(pause_s)
            try:
                found = self._find(intent)
            except OpenQuestion as question:
                _log.warning("orders: %s", question)
                continue
            if found is not None:
                self._tell_of(OrderEventKind.RECONCILED, intent, outcome="the reply was lost",
                              order_id=str(found["id"]))  # fmt: skip
                return found
            if self._is_surely_absent(intent):
                self._close(intent, "absent", said=str(error))
                return None
        self._report(intent, f"nobody knows whether it exists ({type(error).__name__})")
        return None

    def _earlier(self, symbol: str, purpose: Purpose) -> dict[str, Any] | None:
        """Return the order that an earlier attempt at the same left behind, if there is one.

        Raises ccxt's error where the exchange does not say.
        """
        for one in self._file.open.values():
            intent = one.intent
            if intent.symbol != symbol or intent.purpose is not purpose or one.order_id is not None:
                continue
            try:
                found = self._find(intent)
            except OpenQuestion as question:
                raise refusal(str(question), is_open=True) from question
            if found is not None:
                self._tell_of(OrderEventKind.RECONCILED, intent, outcome="an earlier attempt",
                              order_id=str(found["id"]))  # fmt: skip
                self._accepted(intent, found)
                return found
            if not self._is_surely_absent(intent):
                raise refusal(f"the fate of {intent} is open; nothing is sent yet", is_open=True)
            self._close(intent, "absent")
        return None

    def _settle(self, one: OpenIntent) -> None:
        intent, order_id = one.intent, one.order_id
        if order_id is not None and self._book.knows(intent.symbol, order_id):
            self._file.settle(intent.name, "known")
            return
        is_ours = intent.name not in self._found_at_start
        if is_ours and self._clock.now() < intent.at + _UNDER_WAY:
            return
        found = self._find(intent)
        if found is None and self._is_surely_absent(intent):
            self._close(intent, "absent")
        if found is None:
            return
        number = str(found["id"])
        known = self._book.knows(intent.symbol, number)
        outcome = "known" if known else self._book.adopt(intent, found)
        self._close(intent, outcome, order_id=number)
        if not known:
            self._report(intent, f"existed and no trade knew of it: {outcome}")

    def _find(self, intent: OrderIntent) -> dict[str, Any] | None:
        return find_order(
            self._client,
            intent.symbol,
            intent.name,
            is_stop=intent.purpose is Purpose.STOP,
            since_ms=to_ms(intent.at - _SKEW),
        )

    def _is_surely_absent(self, intent: OrderIntent) -> bool:
        """Return whether an order the exchange does not know can no longer be accepted either."""
        window = timedelta(seconds=acceptance_window_s(self._client)) + _SKEW
        return self._clock.now() > intent.at + window

    def _write_down(self, intent: OrderIntent) -> None:
        try:
            self._file.begin(intent)
        except OSError as error:
            self._report(intent, f"cannot be written down: {error}")
            if intent.purpose is Purpose.OPEN:  # what closes a position must not wait for a disk
                raise refusal(f"{intent} cannot be written down: {error}", is_open=False) from error
        self._tell_of(OrderEventKind.INTENT, intent)

    def _accepted(self, intent: OrderIntent, order: Mapping[str, Any]) -> None:
        number = str(order["id"])
        self._reported.discard((intent.symbol, intent.purpose))
        if intent.name in self._file.open:
            self._kept(lambda: self._file.reply(intent.name, number))
        self._tell_of(OrderEventKind.ORDER, intent, order_id=number, status=order.get("status"))

    def _close(self, intent: OrderIntent, outcome: str, **said: Any) -> None:
        self._kept(lambda: self._file.settle(intent.name, outcome))
        self._tell_of(OrderEventKind.RECONCILED, intent, outcome=outcome, **said)

    def _kept(self, write: Callable[[], None]) -> None:
        """Write down what is known already; where the disk fails, a restart asks again."""
        try:
            write()
        except OSError as error:
            _log.error("orders: %s", error)

    def _report(
        self, intent: OrderIntent, what: str, *, key: tuple[str, str] | None = None
    ) -> None:
        """Tell of an incident, once; `key` says what counts as the same until an order succeeds."""
        same = key or (intent.name, what)
        if same in self._reported:
            return
        self._reported.add(same)
        _log.error("orders: %s %s", intent, what)
        self._tell_of(OrderEventKind.INCIDENT, intent, what=what)

    def _tell_of(
        self,
        kind: OrderEventKind,
        intent: OrderIntent,
        *,
        order_id: str | None = None,
        **more: Any,
    ) -> None:
        now: datetime = self._clock.now()
        document = {"order": asdict(intent), **more}
        self._tell(
            OrderEvent(kind=kind, at=now, intent=intent, order_id=order_id, document=document)
        )


def _usable(order: dict[str, Any]) -> dict[str, Any]:
    """Return an order that is one: of half a document ccxt makes an order without a number."""
    if order.get("id") is None:
        raise refusal("the reply names no order", is_open=True)
    return order
