"""Families of provider faults; a seed picks one member of a family, always the same one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from aiohttp import web

from proratio_signals.opinions import AbstentionKind as Kind
from tests.wire.provider_bodies import opinion_text
from tests.wire.provider_endings import ended_badly
from tests.wire.provider_faults import FAULTS, Exchange, Fault, hang_up
from tests.wire.seeded_texts import NO_OPINIONS

_STATUSES = (400, 402, 403, 404, 405, 409, 413, 418, 422, 500, 501, 502, 503, 504, 520, 529, 599)
_NO_WAIT = ("3600", "-5", "nan", "inf", "soon", "1e999", "Sat, 21 Nov 2026 08:00:00 GMT", "9" * 40)
_FILTERS = ("content_filter", "content_policy_violation", "invalid_prompt")
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Family:
    """What goes wrong, and what a voter may come to because of it.

    `is_slow` families last as long as the deadline.
    """

    make: Callable[[Random], Fault]
    kinds: frozenset[Kind]
    is_slow: bool = False


def text_fault(text: str) -> Fault:
    """Return a fault that answers `text` in the provider's own words."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        return web.json_response(exchange.dialect.answer(exchange.call.model, text))

    return fault


def body_fault(body: bytes, **headers: str) -> Fault:
    """Return a fault that answers exactly these bytes."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        return web.Response(body=body, headers={**_JSON, **headers})

    return fault


def status_fault(status: int, *, code: str | None = None, retry_after: str | None = None) -> Fault:
    """Return a fault that answers an HTTP error, quoting the key as careless servers do."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        body = exchange.dialect.error(status, f"refused; the key was {exchange.call.key}")
        if code is not None:
            body["error"]["code"] = code
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return web.json_response(body, status=status, headers=headers)

    return fault


def _status(rng: Random) -> Fault:
    return status_fault(rng.choice(_STATUSES))


def _throttled(rng: Random) -> Fault:
    return status_fault(429, retry_after=rng.choice((*_NO_WAIT, f"{rng.uniform(0.01, 0.2):.2f}")))


def _exhausted(rng: Random) -> Fault:
    return status_fault(429, code=rng.choice(("insufficient_quota", "billing_hard_limit_reached")))


def _revoked(rng: Random) -> Fault:
    return status_fault(rng.choice((401, 403)))


def _filtered_request(rng: Random) -> Fault:
    return status_fault(400, code=rng.choice(_FILTERS))


def _ending(rng: Random) -> Fault:
    seed = rng.random()

    async def fault(exchange: Exchange) -> web.StreamResponse:
        model = exchange.call.model
        return web.json_response(ended_badly(exchange.dialect, model, opinion_text(), Random(seed)))

    return fault


def _refusal(rng: Random) -> Fault:
    return FAULTS[rng.choice(("refusal", "filter"))]


def _half_body(rng: Random) -> Fault:
    part = rng.random()

    async def fault(exchange: Exchange) -> web.StreamResponse:
        body = exchange.full_body()
        return web.Response(body=body[: int(len(body) * part)], headers=_JSON)

    return fault


def _bytes(rng: Random) -> Fault:
    return body_fault(rng.randbytes(rng.randrange(1, 400)))


def _shape(rng: Random) -> Fault:
    documents: tuple[Any, ...] = (
        *({"hello": "world"}, [1, 2, 3], None, 7, "BUY", {}, [], {"choices": "x"}),
        *({"output": [{"type": "message", "content": 5}], "status": "completed"},),
        *({"content": [{"type": "text", "text": {"a": 1}}], "stop_reason": "end_turn"},),
        *({"candidates": [{"content": {"parts": "x"}, "finishReason": "STOP"}]},),
        *({"candidates": [], "output": [], "content": [], "choices": []},),
    )
    return body_fault(json.dumps(rng.choice(documents)).encode())


def _encoding(rng: Random) -> Fault:
    """Claim a compression the body does not have."""
    return body_fault(
        opinion_text().encode(), **{"Content-Encoding": rng.choice(("gzip", "deflate"))}
    )


def _truncated(rng: Random) -> Fault:
    """Promise a whole body, send a part, hang up; with a length, or in chunks."""
    part, has_length = rng.random(), rng.random() < 0.5

    async def fault(exchange: Exchange) -> web.StreamResponse:
        body = exchange.full_body()
        length = {"Content-Length": str(len(body))} if has_length else {}
        response = web.StreamResponse(headers={**_JSON, **length})
        if not has_length:
            response.enable_chunked_encoding()
        await response.prepare(exchange.request)
        await response.write(body[: int(len(body) * part)])
        await asyncio.sleep(0.01)
        hang_up(exchange.request)
        return response

    return fault


def _partial_head(rng: Random) -> Fault:
    """Send a piece of a response's head, or something that is not HTTP, and hang up."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    raw = rng.choice((head[: rng.randrange(len(head) - 5)], b"\x16\x03\x01", b"SSH-2.0\r\n", b""))

    async def fault(exchange: Exchange) -> web.StreamResponse:
        transport = exchange.request.transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(raw)
        await asyncio.sleep(0.01)
        transport.close()
        await asyncio.sleep(0.05)
        return web.Response()

    return fault


def _named(*names: str) -> Callable[[Random], Fault]:
    return lambda rng: FAULTS[rng.choice(names)]


def _stalled(rng: Random) -> Fault:
    """Send a part of a good body, then nothing, and stay connected."""
    part = rng.random()

    async def fault(exchange: Exchange) -> web.StreamResponse:
        body = exchange.full_body()
        response = web.StreamResponse(headers={**_JSON, "Content-Length": str(len(body))})
        await response.prepare(exchange.request)
        await response.write(body[: int(len(body) * part)])
        await exchange.server.stopping.wait()
        return response

    return fault


def _echo(rng: Random) -> Fault:
    """Give a perfectly valid answer that tells the key it was asked with."""
    place = rng.choice(("reasoning", "factors", "risks", "model"))

    async def fault(exchange: Exchange) -> web.StreamResponse:
        key, model = exchange.call.key, exchange.call.model
        if place == "model":
            body = exchange.dialect.answer(f"{model}-{key}", opinion_text())
        else:
            words: Any = f"authorised by {key}" if place == "reasoning" else ["trend", key]
            body = exchange.dialect.answer(model, opinion_text(**{place: words}))
        return web.json_response(body)

    return fault


def _kinds(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


_ANY_ENDING = _kinds(Kind.REFUSED, Kind.TRUNCATED, Kind.FAILED, Kind.INVALID)
_BROKEN = _kinds(Kind.CONNECTION)
_INVALID = _kinds(Kind.INVALID)
_LATE = _kinds(Kind.TIMEOUT)

FAMILIES: dict[str, Family] = {
    "HTTP error": Family(
        _status, _kinds(Kind.FAILED, Kind.AUTHENTICATION, Kind.RATE_LIMITED, Kind.SERVER_ERROR)
    ),
    "rate limit": Family(_throttled, _kinds(Kind.RATE_LIMITED)),
    "quota": Family(_exhausted, _kinds(Kind.RATE_LIMITED)),
    "key revoked": Family(_revoked, _kinds(Kind.AUTHENTICATION)),
    "filtered request": Family(_filtered_request, _kinds(Kind.REFUSED, Kind.FAILED)),
    "refusal": Family(_refusal, _kinds(Kind.REFUSED)),
    "bad ending": Family(_ending, _ANY_ENDING),
    "half a body": Family(_half_body, _INVALID),
    "random bytes": Family(_bytes, _INVALID),
    "wrong shape": Family(_shape, _INVALID | _ANY_ENDING),
    "false encoding": Family(_encoding, _BROKEN | _INVALID),
    "body cut off": Family(_truncated, _BROKEN),
    "partial HTTP": Family(_partial_head, _BROKEN),
    "reset": Family(_named("reset"), _BROKEN),
    "key echoed": Family(_echo, _INVALID),
    "silence": Family(_named("silent"), _LATE, is_slow=True),
    "slow drip": Family(_named("drip"), _LATE, is_slow=True),
    "stall": Family(_stalled, _LATE, is_slow=True),
} | {
    f"text: {name}": Family(lambda rng, make=make: text_fault(make(rng)), _INVALID)
    for name, make in NO_OPINIONS.items()
}
"""Every family by name."""
