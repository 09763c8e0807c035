"""What can go wrong at a provider, by name: each fault answers one request in its own way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from tests.wire.provider_bodies import Dialect, opinion_text


@dataclass(frozen=True)
class Call:
    """One request the server was sent."""

    provider: str
    model: str
    key: str
    body: dict[str, Any]


class Server(Protocol):
    """What a fault needs of the server it happens in."""

    stopping: asyncio.Event

    def next_text(self, model: str) -> str: ...


@dataclass(frozen=True)
class Exchange:
    """What a fault works with."""

    server: Server
    dialect: Dialect
    call: Call
    request: web.Request

    def full_body(self) -> bytes:
        text = self.server.next_text(self.call.model)
        return json.dumps(self.dialect.answer(self.call.model, text)).encode()


Fault = Callable[[Exchange], Awaitable[web.StreamResponse]]


def _status(status: int, **headers: str) -> Fault:
    async def fault(exchange: Exchange) -> web.StreamResponse:
        message = f"refused; the key was {exchange.call.key}"  # as careless servers do
        body = exchange.dialect.error(status, message)
        sent = body["error"].get("code", status)
        return web.json_response(
            body,
            status=sent if isinstance(sent, int) else status,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    return fault


def _text(text: str) -> Fault:
    async def fault(exchange: Exchange) -> web.StreamResponse:
        return web.json_response(exchange.dialect.answer(exchange.call.model, text))

    return fault


def _body(body: str, content_type: str = "application/json") -> Fault:
    async def fault(exchange: Exchange) -> web.StreamResponse:
        return web.Response(text=body, content_type=content_type)

    return fault


async def _silent(exchange: Exchange) -> web.StreamResponse:
    await exchange.server.stopping.wait()
    return web.Response()


async def _drip(exchange: Exchange) -> web.StreamResponse:
    """Send a good answer, one byte a second."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(exchange.request)
    for byte in exchange.full_body():
        if exchange.server.stopping.is_set() or exchange.request.transport is None:
            break
        await response.write(bytes([byte]))
        await asyncio.sleep(1)
    return response


async def _truncated(exchange: Exchange) -> web.StreamResponse:
    """Promise a whole body, send half of it, and hang up."""
    body = exchange.full_body()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    response = web.StreamResponse(headers=headers)
    await response.prepare(exchange.request)
    await response.write(body[: len(body) // 2])
    hang_up(exchange.request)
    return response


async def _reset(exchange: Exchange) -> web.StreamResponse:
    hang_up(exchange.request)
    await asyncio.sleep(0.05)
    return web.Response()


def hang_up(request: web.Request) -> None:
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


async def _half_json(exchange: Exchange) -> web.StreamResponse:
    body = exchange.full_body()
    return web.Response(body=body[: len(body) // 2], content_type="application/json")


async def _length(exchange: Exchange) -> web.StreamResponse:
    text = exchange.server.next_text(exchange.call.model)
    return web.json_response(exchange.dialect.cut(exchange.call.model, text[: len(text) // 2]))


async def _refusal(exchange: Exchange) -> web.StreamResponse:
    return web.json_response(exchange.dialect.refusal(exchange.call.model))


async def _filter(exchange: Exchange) -> web.StreamResponse:
    return web.json_response(exchange.dialect.filtered(exchange.call.model))


async def _odd(exchange: Exchange) -> web.StreamResponse:
    """End in a way nobody asked for, without counting tokens."""
    return web.json_response(exchange.dialect.odd(exchange.call.model))


async def _chunks_cut(exchange: Exchange) -> web.StreamResponse:
    """Promise nothing about the length, send half a body in chunks, and hang up."""
    body = exchange.full_body()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(exchange.request)
    await response.write(body[: len(body) // 2])
    hang_up(exchange.request)
    return response


async def _partial(exchange: Exchange) -> web.StreamResponse:
    """Send the beginning of a response's head and hang up."""
    transport = exchange.request.transport
    assert isinstance(transport, asyncio.Transport)
    transport.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await asyncio.sleep(0.01)
    transport.close()
    await asyncio.sleep(0.05)
    return web.Response()


async def _bytes(exchange: Exchange) -> web.StreamResponse:
    return web.Response(body=b"\xff\xfe\x80{", headers={"Content-Type": "application/json"})


async def _encoding(exchange: Exchange) -> web.StreamResponse:
    """Claim a compression the body does not have."""
    return web.Response(body=exchange.full_body(), headers={"Content-Encoding": "gzip"})


async def _echo(exchange: Exchange) -> web.StreamResponse:
    """Give a valid answer that tells the key it was asked with."""
    text = opinion_text(factors=["trend", f"authorised by {exchange.call.key}"])
    return web.json_response(exchange.dialect.answer(exchange.call.model, text))


FAULTS: dict[str, Fault] = {
    "400": _status(400),
    "401": _status(401),
    "403": _status(403),
    "404": _status(404),
    "429": _status(429, Retry_After="7"),
    "429-soon": _status(429, Retry_After="0.3"),
    "500": _status(500),
    "503": _status(503),
    "529": _status(529),
    "silent": _silent,
    "drip": _drip,
    "truncated": _truncated,
    "reset": _reset,
    "half-json": _half_json,
    "chunks-cut": _chunks_cut,
    "partial": _partial,
    "bytes": _bytes,
    "encoding": _encoding,
    "echo": _echo,
    "length": _length,
    "refusal": _refusal,
    "filter": _filter,
    "odd": _odd,
    "garbage": _body("<html>Bad Gateway</html>", "text/html"),
    "empty": _body(""),
    "shape": _body('{"hello": "world"}'),
    "list": _body("[1, 2, 3]"),
    "prose": _text("I would buy here."),
    "fence": _text(f"```json\n{opinion_text()}\n```"),
    "schema": _text('{"signal": "BUY", "confidence": 0.9}'),
    "missing": _text(opinion_text(confidence=...)),
    "extra": _text(opinion_text(leverage=20)),
    "enum": _text(opinion_text(action="STRONG_BUY")),
    "bool": _text(opinion_text(confidence=True)),
    "string": _text(opinion_text(confidence="0.8")),
    "range": _text(opinion_text(confidence=1.5)),
    "nan": _text(opinion_text(confidence=float("nan"))),
    "inf": _text(opinion_text(expected_return_frac=float("inf"))),
    "huge": _text(opinion_text().replace("0.8", "1e999")),
    "nul": _text(opinion_text(reasoning="a\x00b")),
    "surrogate": _text(opinion_text(reasoning="@").replace("@", "\\ud800")),
}
