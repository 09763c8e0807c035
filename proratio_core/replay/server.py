"""The replay exchange: a loopback HTTP server that speaks Binance's public REST interface.

ccxt and Freqtrade talk to it without a patch once their base URLs point here. It serves spot
(`/api/v3`) and USDT-margined perpetuals (`/fapi/v1`). Every document carries `RECORD_HEADER`, so
that replayed or simulated candles are never mistaken for an exchange's own.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from proratio_core.clock import Clock, to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.exchange.access import RECORD_HEADER
from proratio_core.replay.endpoints import Endpoints, UnknownPathError
from proratio_core.replay.faults import Fault, FaultKind, FaultScript, Traffic, spoil_rows
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.sockets import Sockets
from proratio_core.replay.trading import PrivateEndpoints, SignedRequest, Trader

__all__ = ["DEFAULT_PORT", "ReplayServer"]

DEFAULT_PORT: Final = 8099
_HOST: Final = "127.0.0.1"
_STOP_S: Final = 5.0
_ROW_ENDPOINTS: Final = ("/klines", "/markPriceKlines", "/fundingRate")
_ORDER_ENDPOINTS: Final = ("/order", "/algoOrder")
_WEIGHT_HEADER: Final = "X-MBX-USED-WEIGHT-1M"


class ReplayServer:
    """Serves recorded markets while the context is open, on a thread of its own.

    Parameters
    ----------
    markets
        What is traded here.
    clock
        The exchange's time; candles after it do not exist yet.
    record
        Where the candles come from: an exchange's name, `simulated`, or a name and `moved`.
    faults
        What goes wrong.
    trader
        Who may trade here; nobody by default, then only public data is served.
    port
        0 takes a free one.

    Raises
    ------
    ConfigurationError
        The port is taken, or is none.
    """

    def __init__(
        self,
        markets: Collection[RecordedMarket],
        clock: Clock,
        *,
        record: str,
        faults: FaultScript | None = None,
        trader: Trader | None = None,
        port: int = 0,
    ) -> None:
        self.faults = faults or FaultScript()
        self.port = port
        self.requests: Counter[str] = Counter()
        self._endpoints = Endpoints(markets)
        self._sockets = Sockets(markets, clock)
        self._private = None if trader is None else PrivateEndpoints(trader)
        self._clock = clock
        self._headers = {RECORD_HEADER: record}
        self._weight = (0, 0)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._failure: OSError | OverflowError | None = None
        self._thread = threading.Thread(target=self._serve, name="replay-exchange", daemon=True)

    @property
    def url(self) -> str:
        """The base URL to point clients at."""
        return f"http://{_HOST}:{self.port}"

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise ConfigurationError(
                f"the replay exchange cannot listen on {_HOST}:{self.port} ({self._failure}); "
                "stop what runs there, or choose another --port, 0 to 65535"
            ) from self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_S)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._loop.close()

    async def _run(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._respond)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, self.port).start()
            self.port = int(runner.addresses[0][1])
        except (OSError, OverflowError) as error:
            self._failure = error
        self._ready.set()
        if self._failure is None:
            await self._stop.wait()
        await runner.cleanup()

    def cut_sockets(self) -> int:
        """Drop every WebSocket at once, as a network does; return how many there were."""

        async def cut() -> int:
            return self._sockets.cut()

        return asyncio.run_coroutine_threadsafe(cut(), self._loop).result(_STOP_S)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Count the request, deal its fault, and answer as far as the fault lets it."""
        self.requests[request.path] += 1
        if self._sockets.serves(request.path):
            return await self._sockets.serve(request)
        payload, query = await _parameters(request)
        fault = self.faults.next(
            self._clock.monotonic(), _traffic(request), order_type=query.get("type", "")
        )
        if fault is not None and (broken := await _broken(request, fault)) is not None:
            return broken
        document, status = self._document(request, payload, query)
        if fault is not None and fault.kind is FaultKind.REPLY_LOST:
            return _dropped(request)
        if fault is not None and isinstance(document, list):
            document = spoil_rows(document, fault.kind)
        text = json.dumps(document)
        if fault is not None and fault.kind is FaultKind.CUT_BODY:
            text = text[: len(text) // 2]
        headers = self._headers | {_WEIGHT_HEADER: str(self._used_weight())}
        return web.Response(
            text=text, status=status, content_type="application/json", headers=headers
        )

    def _used_weight(self) -> int:
        """Return how many requests came in the current minute, each weighing one."""
        minute = to_ms(self._clock.now()) // 60_000
        counted, weight = self._weight
        self._weight = (minute, weight + 1 if counted == minute else 1)
        return self._weight[1]

    def _document(
        self, request: web.Request, payload: str, query: Mapping[str, str]
    ) -> tuple[Any, int]:
        now_ms = to_ms(self._clock.now())
        method, path = request.method, request.path
        try:
            if self._private is not None and self._private.serves(method, path):
                key = request.headers.get("X-MBX-APIKEY", "")
                signed = SignedRequest(method, path, key, payload, query)
                return self._private.answer(signed, now_ms=now_ms), 200
            document = self._endpoints.answer(path, query, now_ms=now_ms)
            if path.endswith("/depth"):
                self._sockets.showed_book(query["symbol"], document)
            return document, 200
        except RefusedError as refusal:
            return refusal.document, refusal.status
        except UnknownPathError as error:
            serves = "public market data" if self._private is None else "what ccxt trades with"
            message = f"the replay exchange has no {method} {error}; it serves {serves} only"
            return {"code": -1, "msg": message}, 404


async def _parameters(request: web.Request) -> tuple[str, dict[str, str]]:
    """Return query string and body as they were sent, and parsed."""
    body = await request.text() if request.can_read_body else ""
    payload = request.rel_url.raw_query_string + body
    return payload, dict(parse_qsl(payload, keep_blank_values=True))


def _traffic(request: web.Request) -> Traffic:
    if request.method == "POST" and request.path.endswith(_ORDER_ENDPOINTS):
        return Traffic.ORDERS
    return Traffic.ROWS if request.path.endswith(_ROW_ENDPOINTS) else Traffic.OTHER


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _broken(request: web.Request, fault: Fault) -> web.Response | None:
    """Return the response of a fault that leaves no document; None for the other faults."""
    match fault.kind:
        case FaultKind.RATE_LIMIT | FaultKind.BAN:
            return web.json_response(
                {"code": -1003, "msg": "Too much request weight used."},
                status=429 if fault.kind is FaultKind.RATE_LIMIT else 418,
                headers={"Retry-After": str(max(1, round(fault.seconds)))},
            )
        case FaultKind.SERVER_ERROR:
            return web.Response(text="upstream failed", status=fault.status)
        case FaultKind.SILENCE:
            await asyncio.sleep(fault.seconds)
            return web.Response(text="too late", status=504)
        case FaultKind.RESET:
            return _dropped(request)
        case FaultKind.REJECTED:
            return web.json_response(
                {"code": -2010, "msg": "Order rejected by the replay's fault script."}, status=400
            )
    return None
