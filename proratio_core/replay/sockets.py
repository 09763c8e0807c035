"""The replay exchange's WebSockets: who listens to what, told a few times a second.

One port stands for Binance's hosts `stream` and `fstream`: their names are the first part of a path
here, `ws` for plain and `stream` for named events the next, then a number or a stream's name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from aiohttp import WSMsgType, web

from proratio_core.clock import Clock, to_ms
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.streams import Stream, events_of, parse_stream
from proratio_core.values import Market

__all__ = ["Sockets"]

_LOOK_S: Final = 0.05
_HOSTS: Final = {"stream": Market.SPOT, "fstream": Market.PERPETUAL}
_CATEGORIES: Final = frozenset({"public", "market"})
"""Binance sorts the streams of perpetuals by these; here they all say the same."""


class Sockets:
    """Every open WebSocket of a replay exchange; used on its server's loop.

    Parameters
    ----------
    markets
        What is traded.
    clock
        The exchange's time.
    """

    def __init__(self, markets: Collection[RecordedMarket], clock: Clock) -> None:
        self._clock = clock
        self._markets = {
            kind: {m.pair.exchange_id: m for m in markets if m.pair.market is kind}
            for kind in Market
        }
        self._open: dict[int, tuple[web.Request, dict[str, Stream]]] = {}
        self.accepted = 0

    @staticmethod
    def serves(path: str) -> bool:
        """Return whether a path is a WebSocket's."""
        return path.strip("/").partition("/")[0] in _HOSTS

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk to one listener until it, or somebody who cuts the line, has enough."""
        host, *rest = request.path.strip("/").split("/")
        kind, *names = [part for part in rest if part not in _CATEGORIES] or ["ws"]
        markets, combined = self._markets[_HOSTS[host]], kind == "stream"
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        self.accepted += 1
        streams: dict[str, Stream] = {}
        self._open[self.accepted] = (request, streams)
        number = self.accepted
        wanted = request.query.get("streams", "").split("/")
        self._subscribe(streams, markets, [*names, *wanted])
        teller = asyncio.create_task(self._tell(socket, streams, combined=combined))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await socket.send_str(self._answer(message.data, streams, markets))
        finally:
            self._open.pop(number, None)
            teller.cancel()
            with suppress(asyncio.CancelledError):
                await teller
        return socket

    def cut(self) -> int:
        """Drop every connection at once, without a word; return how many there were."""
        listeners = list(self._open.values())
        for request, _ in listeners:
            if request.transport is not None:
                request.transport.abort()
        return len(listeners)

    def showed_book(self, symbol: str, document: Mapping[str, Any]) -> None:
        """Tell every listener's view of a book what a snapshot showed."""
        for _, streams in self._open.values():
            for stream in streams.values():
                if stream.channel == "depth" and stream.market.pair.exchange_id == symbol:
                    stream.book.showed(document["bids"], document["asks"])

    def _subscribe(
        self,
        streams: dict[str, Stream],
        markets: Mapping[str, RecordedMarket],
        names: Collection[str],
    ) -> None:
        now_ms = to_ms(self._clock.now())
        for name in names:
            found = parse_stream(name, markets, now_ms)
            if found is not None:
                streams[name] = found

    def _answer(
        self, text: str, streams: dict[str, Stream], markets: Mapping[str, RecordedMarket]
    ) -> str:
        """Do what a message asks, and return what is answered."""
        try:
            request = json.loads(text)
            method, number = request["method"], request.get("id")
            names = [str(name) for name in request.get("params", [])]
        except (ValueError, KeyError, TypeError, AttributeError):
            return json.dumps({"error": {"code": 2, "msg": "Invalid request"}})
        if method == "SUBSCRIBE":
            self._subscribe(streams, markets, names)
        elif method == "UNSUBSCRIBE":
            for name in names:
                streams.pop(name, None)
        elif method == "LIST_SUBSCRIPTIONS":
            return json.dumps({"result": list(streams), "id": number})
        return json.dumps({"result": None, "id": number})

    async def _tell(
        self, socket: web.WebSocketResponse, streams: dict[str, Stream], *, combined: bool
    ) -> None:
        while not socket.closed:
            now_ms = to_ms(self._clock.now())
            for stream in list(streams.values()):
                for event in events_of(stream, now_ms):
                    wrapped = {"stream": stream.name, "data": event} if combined else event
                    with suppress(ConnectionError):
                        await socket.send_str(json.dumps(wrapped))
            await asyncio.sleep(_LOOK_S)
