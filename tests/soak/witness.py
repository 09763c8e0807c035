"""Watches the exchange's own books while orders come in; shares no code with the order desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from proratio_core.replay import Fault, FaultKind, RecordedMarket
from proratio_core.replay.trading import Order, Side, Trader
from tests.soak.report import Breach

_TAIL_BYTES = 16_384
_DUST_QUOTE = 10.0
"""What is left of a position after its fee and the exchange's steps; no order is that small."""

_NAKED_LOOPS = 2
"""An entry filled in part as it is placed, and its part seen: the loop after takes back the rest.

Loops count in which the exchange answered everything: what it refuses is asked again later.
"""

_NAKED_AT_ALL_LOOPS = 6
"""However many faults there were."""

_HALTED_LOOPS = 2
"""An entry that waits when a halt is ordered, and whose cancellation a fault prevents."""

_SPOILT_ROWS = frozenset(
    {
        *(FaultKind.TRUNCATED, FaultKind.HOLED, FaultKind.EMPTY),
        *(FaultKind.DUPLICATED, FaultKind.UNORDERED),
    }
)
"""Faults in which the exchange answers, wrongly, and which hold no stop back."""

Tell = Callable[[Breach, str], None]


class Witness:
    """Looks at every order as the exchange accepts it, and at the account after every loop.

    Parameters
    ----------
    trader
        The account; its orders pass here from now on.
    markets
        What is traded.
    intents
        The folder in which the bot writes its intents down.
    dealt
        The faults the bot has met so far; grows.
    tell
        Told what must never happen.
    """

    def __init__(
        self,
        trader: Trader,
        markets: list[RecordedMarket],
        intents: Path,
        dealt: Sequence[Fault],
        tell: Tell,
    ) -> None:
        self.held_back: set[Breach] = set()
        """Why no entry may be made now, in the director's own knowledge."""
        self.entries = 0
        self._venue, self._markets, self._intents, self._tell = (
            *(trader.venue, markets, intents),
            tell,
        )
        self._names: Counter[str] = Counter()
        self._dealt, self._seen = dealt, 0
        self._naked: Counter[str] = Counter()
        self._naked_at_all: Counter[str] = Counter()
        self._restrained_loops = 0
        self._place = trader.venue.place
        trader.venue.place = self._placed  # type: ignore[method-assign]

    def after_loop(self, now_ms: int) -> None:
        """Look at what is held, what protects it, and what is still open."""
        self._venue.advance(now_ms)
        balances = self._venue.spot.balances
        for asset, held in balances.items():
            if held.free < -1e-9 or held.locked < -1e-9:
                self._tell(Breach.EQUITY, f"{asset}: {held.free} free, {held.locked} locked")
        open_orders = self._venue.open_orders()
        has_answered = self._has_answered()
        for market in self._markets:
            own = [order for order in open_orders if order.ticket.pair == market.pair]
            self._look_at_position(market, own, now_ms, has_answered=has_answered)
        self._look_at_waiting(open_orders)

    def _has_answered(self) -> bool:
        """Return whether every request since the last look was answered."""
        new, self._seen = self._dealt[self._seen :], len(self._dealt)
        return all(fault.kind in _SPOILT_ROWS for fault in new)

    def _look_at_position(
        self, market: RecordedMarket, own: list[Order], now_ms: int, *, has_answered: bool
    ) -> None:
        name = str(market.pair)
        covered = sum(o.remaining for o in own if o.ticket.side is Side.SELL)
        price = market.price(now_ms) or 0.0
        if (self._held(market) - covered) * price <= _DUST_QUOTE:
            self._naked[name] = self._naked_at_all[name] = 0
            return
        before = self._is_naked_too_long(name)
        self._naked[name] += has_answered
        self._naked_at_all[name] += 1
        if self._is_naked_too_long(name) and not before:
            self._tell(
                Breach.NAKED, f"{name} at {now_ms}: {self._held(market)} held, {covered} covered"
            )

    def _is_naked_too_long(self, name: str) -> bool:
        return self._naked[name] > _NAKED_LOOPS or self._naked_at_all[name] > _NAKED_AT_ALL_LOOPS

    def _look_at_waiting(self, open_orders: list[Order]) -> None:
        """An entry that waits when a halt is ordered is taken back in the loop after it."""
        waiting = [order for order in open_orders if order.ticket.side is Side.BUY]
        is_restrained = Breach.HALTED in self.held_back and bool(waiting)
        self._restrained_loops = self._restrained_loops + 1 if is_restrained else 0
        if self._restrained_loops == _HALTED_LOOPS + 1:
            self._tell(Breach.HALTED, f"entry {waiting[0].id} still waits under a halt")

    def _placed(self, ticket: Any, now_ms: int) -> Order:
        order = self._place(ticket, now_ms)
        self._names[ticket.client_id] += 1
        if self._names[ticket.client_id] > 1:
            self._tell(Breach.TWICE, f"order {order.id} has the name of another")
        if not self._is_written(ticket.client_id):
            self._tell(Breach.INTENT, f"order {order.id} ({ticket.client_id!r}) has no intent")
        if ticket.side is Side.BUY:
            self._entered(order, now_ms)
        return order

    def _entered(self, order: Order, now_ms: int) -> None:
        self.entries += 1
        pair = order.ticket.pair
        for why in sorted(self.held_back):
            self._tell(why, f"order {order.id} of {pair} at {now_ms}")
        others = [
            other
            for other in self._venue.open_orders(pair)
            if other.id != order.id and other.ticket.side is Side.BUY
        ]
        market = next(market for market in self._markets if market.pair == pair)
        before = self._held(market) - order.filled
        if others or before * (market.price(now_ms) or 0.0) > _DUST_QUOTE:
            self._tell(
                Breach.TWICE, f"order {order.id} of {pair}: {before} held, {len(others)} open"
            )

    def _held(self, market: RecordedMarket) -> float:
        balance = self._venue.spot.of(market.pair.base)
        return balance.free + balance.locked

    def _is_written(self, name: str) -> bool:
        """Return whether exactly one line on the disk begins an order of this name."""
        (file,) = self._intents.glob("*.jsonl")
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - _TAIL_BYTES))
            tail = opened.read()
        return tail.count(b'{"name":"%s","intent":' % name.encode()) == 1
