"""Orders that pass the desk, with a real ccxt, over real HTTP, on an exchange that fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ccxt
import pytest

from proratio_core.clock import FixedClock
from proratio_core.exchange import RequestGate
from proratio_core.replay import Fault, FaultKind, RecordedMarket, ReplayServer
from proratio_core.replay.trading import Credentials, Order, Trader
from proratio_core.values import Market
from proratio_tradehub.orders import (
    IntentFile,
    OrderDesk,
    OrderEvent,
    OrderEventKind,
    OrderIntent,
)
from tests.wire.markets import START, candles, perpetual_market, spot_market

MARKETS: list[RecordedMarket] = [spot_market(candles(48)), perpetual_market(48)]
CREDENTIALS = Credentials("key-5d1c", "secret-77ab")
SYMBOL, CONTRACT = "BTC/USDT", "BTC/USDT:USDT"


class Book:
    """Trades of nobody; it remembers what it was asked to adopt."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.adopted: list[tuple[OrderIntent, str]] = []

    def knows(self, symbol: str, order_id: str) -> bool:
        return order_id in self.known

    def adopt(self, intent: OrderIntent, order: Mapping[str, Any]) -> str:
        self.adopted.append((intent, str(order["id"])))
        return "adopted"


class Stage:
    """A desk, its exchange and everything it said."""

    def __init__(self, server: ReplayServer, trader: Trader, clock: FixedClock, path: Path) -> None:
        self.server, self.trader, self.clock, self.path = server, trader, clock, path
        self.book = Book()
        self.told: list[OrderEvent] = []
        self.desk = self.open()

    def open(self) -> OrderDesk:
        """Open a desk as a new process does."""
        client, gate = self._client(), RequestGate(self.clock)
        gate.guard(client)
        self.client = client
        desk = OrderDesk(
            client, IntentFile(self.path), self.book,
            gate=gate, clock=self.clock, tell=self.told.append,
        )  # fmt: skip
        desk.take_over()
        return desk

    def placed(self, market: Market = Market.SPOT) -> list[Order]:
        return self.trader.venue.orders(market=market)

    def said(self, kind: OrderEventKind) -> list[Mapping[str, Any]]:
        return [event.document for event in self.told if event.kind is kind]

    def fail(self, *kinds: FaultKind, **parts: Any) -> None:
        self.server.faults.add_for_orders(*(Fault(kind, **parts) for kind in kinds))

    def _client(self) -> ccxt.binance:
        client = ccxt.binance(
            {
                "apiKey": CREDENTIALS.key,
                "secret": CREDENTIALS.secret,
                "enableRateLimit": False,
                "timeout": 500,
                "options": {"fetchMarkets": {"types": ["spot", "linear"]}},
            }
        )
        for name in client.urls["api"]:
            path = {"private": "api/v3", "public": "api/v3", "sapi": "sapi/v1"}.get(name)
            version = name[-1] if name[-1].isdigit() else "1"
            client.urls["api"][name] = f"{self.server.url}/{path or f'fapi/v{version}'}"
        client.milliseconds = lambda: int(self.clock.now().timestamp() * 1000)
        client.load_markets()
        return client


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = FixedClock(START)
    clock.sleep(30 * 3_600)
    trader = Trader.open(MARKETS, CREDENTIALS, {"USDT": 10_000.0, "BTC": 0.5})
    with ReplayServer(MARKETS, clock, record="binance", trader=trader) as server:
        yield Stage(server, trader, clock, tmp_path / "bot.jsonl")


def buy(stage: Stage, **params: Any) -> Any:
    return stage.client.create_order(SYMBOL, "limit", "buy", 0.01, 20_000.0, params)


def test_an_order_is_on_the_disk_before_it_is_sent_and_bears_its_name(stage: Stage) -> None:
    stage.desk.expect(SYMBOL, tag="a vote", leverage=1.0)
    order = buy(stage)
    (placed,) = stage.placed()
    ((name, one),) = IntentFile(stage.path).open.items()
    assert placed.ticket.client_id == name == order["clientOrderId"]
    assert (one.order_id, one.intent.tag, one.intent.price) == (order["id"], "a vote", 20_000.0)
    assert [event.kind.value for event in stage.told] == ["intent", "order"]


@pytest.mark.parametrize(
    "kind",
    [FaultKind.REPLY_LOST, FaultKind.CUT_BODY],
    ids=lambda kind: kind.name,
)
def test_where_the_reply_is_lost_the_order_is_found_and_returned_as_if_it_had_come(
    stage: Stage, kind: FaultKind
) -> None:
    stage.fail(kind)
    order = buy(stage)
    assert order["status"] == "open"
    assert [str(one.id) for one in stage.placed()] == [order["id"]]
    assert stage.said(OrderEventKind.RECONCILED)[0]["outcome"] == "the reply was lost"
    assert not stage.said(OrderEventKind.INCIDENT)


@pytest.mark.parametrize(
    ("symbol", "kind", "side", "amount", "price", "params"),
    [
        (SYMBOL, "stop_loss_limit", "sell", 0.1, 34_000.0, {"stopPrice": 35_000.0}),
        (CONTRACT, "stop_market", "sell", 0.1, None, {"stopPrice": 35_000.0}),
        (CONTRACT, "market", "buy", 0.01, None, {}),
    ],
    ids=["spot stop", "stop of a perpetual", "perpetual"],
)
def test_every_kind_of_order_is_found_by_its_name(
    stage: Stage, symbol: str, kind: str, side: str, amount: float, price: Any, params: Any
) -> None:
    stage.fail(FaultKind.REPLY_LOST)
    order = stage.client.create_order(symbol, kind, side, amount, price, params)
    market = Market.SPOT if symbol == SYMBOL else Market.PERPETUAL
    assert [str(one.id) for one in stage.placed(market)] == [order["id"]]


@pytest.mark.parametrize("status", [500, 503])
def test_an_order_that_never_arrived_is_given_up_only_when_it_no_longer_can(
    stage: Stage, status: int
) -> None:
    stage.fail(FaultKind.SERVER_ERROR, status=status)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        buy(stage)
    assert sum(stage.clock.slept_s[1:]) < 5.0  # the loop was held up for so long
    assert stage.desk.is_frozen(SYMBOL)
    assert not stage.desk.is_frozen(CONTRACT)
    assert "nobody knows" in stage.said(OrderEventKind.INCIDENT)[0]["what"]

    stage.clock.sleep(5)
    stage.desk.settle()
    assert stage.desk.is_frozen(SYMBOL)  # it might still be on its way
    stage.clock.sleep(10)
    stage.desk.settle()
    assert not stage.desk.is_frozen(SYMBOL)
    assert stage.said(OrderEventKind.RECONCILED)[-1]["outcome"] == "absent"
    assert buy(stage)["status"] == "open"
    assert len(stage.placed()) == 1


def test_what_the_exchange_refuses_is_over_at_once(stage: Stage) -> None:
    with pytest.raises(ccxt.InsufficientFunds):
        stage.client.create_order(SYMBOL, "market", "buy", 10.0)
    assert not stage.desk.is_frozen(SYMBOL)
    assert not IntentFile(stage.path).open
    assert stage.said(OrderEventKind.RECONCILED)[0]["outcome"] == "refused"


def test_during_a_ban_nothing_is_sent_and_nothing_is_open(stage: Stage) -> None:
    stage.fail(FaultKind.BAN, seconds=60)
    with pytest.raises(ccxt.DDoSProtection):
        buy(stage)
    assert not stage.desk.is_frozen(SYMBOL)
    requests = stage.server.requests.total()
    with pytest.raises(ccxt.DDoSProtection):
        buy(stage)
    assert stage.server.requests.total() == requests
    stage.clock.sleep(60)
    assert buy(stage)["status"] == "open"
    assert stage.server.faults.early_requests == 0


def unanswered(stage: Stage, *words: Any) -> None:
    """Place an order whose reply is lost on an exchange that then says nothing at all."""
    find = stage.client.fetch_order

    def silent(*_: Any, **__: Any) -> Any:
        raise ccxt.RequestTimeout("silence")

    stage.client.fetch_order = silent
    stage.fail(FaultKind.REPLY_LOST)
    with pytest.raises(ccxt.NetworkError):
        stage.client.create_order(*words)
    stage.client.fetch_order = find


def test_a_second_attempt_returns_what_the_first_left_behind(stage: Stage) -> None:
    words = (SYMBOL, "market", "sell", 0.1)
    unanswered(stage, *words)
    again = stage.client.create_order(*words)
    assert [str(one.id) for one in stage.placed()] == [again["id"]]


def test_while_the_exchange_is_silent_nothing_like_it_is_sent_and_the_rest_goes_on(
    stage: Stage,
) -> None:
    unanswered(stage, SYMBOL, "market", "sell", 0.1)

    def silent(*_: Any, **__: Any) -> Any:
        raise ccxt.RequestTimeout("silence")

    stage.client.fetch_order = silent
    with pytest.raises(ccxt.ExchangeNotAvailable, match="silence"):
        stage.client.create_order(SYMBOL, "market", "sell", 0.1)
    stop = (SYMBOL, "stop_loss_limit", "sell", 0.1, 34_000.0, {"stopPrice": 35_000.0})
    assert stage.client.create_order(*stop)["status"] == "open"
    assert stage.client.create_order(CONTRACT, "market", "buy", 0.01)["status"] == "closed"
    assert len(stage.placed()) == 2
    stage.desk.settle()  # does not raise
    assert stage.desk.is_frozen(SYMBOL)


def test_what_is_found_later_is_adopted_and_told(stage: Stage) -> None:
    unanswered(stage, SYMBOL, "limit", "buy", 0.01, 20_000.0)
    stage.desk.settle()
    assert not stage.book.adopted  # another thread may be about to make a trade of it
    stage.clock.sleep(10)
    stage.desk.settle()
    ((intent, number),) = stage.book.adopted
    assert (intent.symbol, number) == (SYMBOL, str(stage.placed()[0].id))
    assert not stage.desk.is_frozen(SYMBOL)
    assert "no trade knew of it: adopted" in stage.said(OrderEventKind.INCIDENT)[-1]["what"]


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.mark.parametrize("point", ["begin", "sent", "reply", "replied"])
def test_killed_at_any_point_there_is_at_most_one_order_and_the_next_process_knows_it(
    stage: Stage, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    place = stage.desk._place

    def placed(*words: Any) -> Any:
        place(*words)
        raise Killed

    with monkeypatch.context() as patch:
        if point == "begin":
            patch.setattr(stage.desk, "_send", kill)  # written down, not sent
        elif point == "sent":
            patch.setattr(stage.desk, "_place", placed)
        elif point == "reply":
            patch.setattr(IntentFile, "reply", kill)
        else:
            patch.setattr(stage.desk, "_tell_of", kill)
            patch.setattr(stage.desk, "_write_down", stage.desk._file.begin)
        with pytest.raises(Killed):
            buy(stage)
    desk = stage.open()
    assert desk.is_frozen(SYMBOL)
    stage.clock.sleep(13)
    desk.settle()
    assert not desk.is_frozen(SYMBOL)
    sent = 0 if point == "begin" else 1
    assert (len(stage.placed()), len(stage.book.adopted)) == (sent, sent)
    desk.settle()
    assert len(stage.book.adopted) == sent


def test_what_the_trades_know_is_settled_without_a_question(stage: Stage) -> None:
    order = buy(stage)
    stage.book.known.add(order["id"])
    requests = stage.server.requests.total()
    stage.desk.settle()
    assert stage.server.requests.total() == requests
    assert not IntentFile(stage.path).open
    assert not stage.book.adopted


def test_what_cannot_be_adopted_is_told_once_and_asked_about_again(stage: Stage) -> None:
    unanswered(stage, SYMBOL, "limit", "buy", 0.01, 20_000.0)

    def failing(*_: Any) -> str:
        raise ValueError("no such market")

    stage.book.adopt = failing  # type: ignore[method-assign]
    before = len(stage.said(OrderEventKind.INCIDENT))
    stage.clock.sleep(10)
    for _ in range(3):
        stage.desk.settle()
    assert len(stage.said(OrderEventKind.INCIDENT)) == before + 1
    assert stage.desk.is_frozen(SYMBOL)


def test_without_a_disk_nothing_is_opened_and_everything_is_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ccxt.InvalidOrder, match="no space left"):
        buy(stage)
    assert stage.placed() == []
    assert stage.client.create_order(SYMBOL, "market", "sell", 0.1)["status"] == "closed"
    assert "no space left" in stage.said(OrderEventKind.INCIDENT)[-1]["what"]


def test_a_refused_stop_is_an_invalid_order_and_one_incident_until_one_is_placed(
    stage: Stage,
) -> None:
    stop = (SYMBOL, "stop_loss_limit", "sell", 0.1, 34_000.0, {"stopPrice": 35_000.0})
    for _ in range(2):
        stage.fail(FaultKind.REJECTED, order_type="STOP_LOSS_LIMIT")
        with pytest.raises(ccxt.InvalidOrder, match="rejected"):  # Freqtrade leaves the position
            stage.client.create_order(*stop)
    assert len(stage.said(OrderEventKind.INCIDENT)) == 1
    stage.client.create_order(*stop)
    stage.fail(FaultKind.REJECTED)
    with pytest.raises(ccxt.InvalidOrder):
        stage.client.create_order(*stop)
    assert len(stage.said(OrderEventKind.INCIDENT)) == 2
