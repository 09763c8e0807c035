"""One loopback server that speaks every provider's wire format and fails on request.

The model's name chooses what happens: `fault-429`, `fault-silent`, ... (see `FAULTS`); any other
name is answered, unless `outages` names a fault for its provider. It runs in a thread, so that a
subprocess can be pointed at it too:

    with FakeProviders() as fake:
        settings = fake.settings(user_data)          # or fake.environment() for a subprocess
        fake.script("gpt-6.1-terra", opinion_text(action="SELL"))
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from proratio_core.settings import Settings
from proratio_signals.models import Models
from proratio_signals.opinions import Usage
from tests.wire.provider_bodies import (
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    AnthropicMessages,
    Dialect,
    GeminiContent,
    OpenAIChat,
    OpenAIResponses,
)

CANARIES = {
    "openai": "sk-canary-openai-5d1c8f",
    "anthropic": "sk-ant-canary-77ab02",
    "gemini": "AIza-canary-gemini-90e1",
    "compatible": "canary-compatible-43bc",
}
"""The key each provider is given; none may ever be seen outside a request."""

DIALECTS: dict[str, Dialect] = {
    "openai": OpenAIResponses(),
    "anthropic": AnthropicMessages(),
    "gemini": GeminiContent(),
    "compatible": OpenAIChat(),
}


def opinion_text(**changes: Any) -> str:
    """Return a valid answer, changed as told; a change to `...` removes the key."""
    answer: dict[str, Any] = {
        "action": "BUY",
        "confidence": 0.8,
        "expected_return_frac": 0.02,
        "horizon_candles": 12,
        "reasoning": "EMA20 above EMA50 on rising volume",
        "factors": ["trend"],
        "risks": ["funding"],
    } | changes
    return json.dumps({key: value for key, value in answer.items() if value is not ...})


@dataclass(frozen=True)
class Call:
    """One request the server was sent."""

    provider: str
    model: str
    key: str
    body: dict[str, Any]


class FakeProviders:
    """The server; `latency_s` is slept before each answer, `answer` is the default text."""

    def __init__(self, *, latency_s: float = 0.0) -> None:
        self.latency_s = latency_s
        self.answer = opinion_text()
        self.calls: list[Call] = []
        self.answered: list[Call] = []
        self.outages: dict[str, str] = {}
        self._scripts: dict[str, deque[str]] = defaultdict(deque)
        self._loop = asyncio.new_event_loop()
        self._ready: Future[int] = Future()
        self.stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fake-providers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._url = f"http://127.0.0.1:{self._ready.result(timeout=10)}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self.stopping.set)
        self._thread.join(timeout=10)

    def script(self, model: str, *texts: str) -> None:
        """Answer the next calls of `model` with these texts, in turn."""
        self._scripts[model].extend(texts)

    def count(self, *, provider: str | None = None, model: str | None = None) -> int:
        """Return how many calls came in, of one provider or model or of all."""
        return sum(
            provider in {None, call.provider} and model in {None, call.model} for call in self.calls
        )

    def bill_usd(self, models: Models) -> float:
        """Return what the server charges for the tokens of every answer it sent, by the prices."""
        usage = Usage(INPUT_TOKENS, OUTPUT_TOKENS)
        today = datetime.now(UTC).date()
        costs = (models.find(call.provider, call.model) for call in self.answered)
        return sum(model.cost_usd(usage, on=today) or 0.0 for model in costs)

    def environment(self) -> dict[str, str]:
        """Return the variables that point Proratio, also a subprocess, at this server."""
        return {
            "OPENAI_API_KEY": CANARIES["openai"],
            "OPENAI_BASE_URL": f"{self._url}/v1",
            "ANTHROPIC_API_KEY": CANARIES["anthropic"],
            "ANTHROPIC_BASE_URL": self._url,
            "GEMINI_API_KEY": CANARIES["gemini"],
            "GEMINI_BASE_URL": self._url,
            "PRORATIO_COMPATIBLE_BASE_URL": f"{self._url}/compatible/v1",
            "PRORATIO_COMPATIBLE_API_KEY": CANARIES["compatible"],
        }

    def settings(self, user_data: Path, **changes: Any) -> Settings:
        """Return settings that point at this server, with every fault registered as a model."""
        write_models(user_data)
        return Settings(**{"PRORATIO_USER_DATA": user_data, **self.environment(), **changes})

    def next_text(self, model: str) -> str:
        """Return the text `model` answers with now."""
        script = self._scripts[model]
        return script.popleft() if script else self.answer

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/responses", self._handler("openai"))
        app.router.add_post("/v1/messages", self._handler("anthropic"))
        app.router.add_post("/v1/models/{call}", self._handler("gemini"))
        app.router.add_post("/compatible/v1/chat/completions", self._handler("compatible"))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._ready.set_result(runner.addresses[0][1])
        await self.stopping.wait()
        await runner.cleanup()

    def _handler(self, provider: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = await _read(provider, request)
            self.calls.append(call)
            fault = self.outages.get(provider) or call.model.removeprefix("fault-")
            if fault != call.model:
                exchange = Exchange(self, DIALECTS[provider], call, request)
                return await FAULTS[fault](exchange)
            await asyncio.sleep(self.latency_s)
            self.answered.append(call)
            text = self.next_text(call.model)
            return web.json_response(DIALECTS[provider].answer(call.model, text))

        return handle


async def _read(provider: str, request: web.Request) -> Call:
    body = await request.json()
    named = request.match_info.get("call", "").removesuffix(":generateContent")
    key = (
        request.headers.get("x-goog-api-key")
        or request.headers.get("x-api-key")
        or request.headers.get("Authorization", "").removeprefix("Bearer ")
    )
    return Call(provider, named or body["model"], key, body)


@dataclass(frozen=True)
class Exchange:
    """What a fault works with."""

    server: FakeProviders
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
    _hang_up(exchange.request)
    return response


async def _reset(exchange: Exchange) -> web.StreamResponse:
    _hang_up(exchange.request)
    await asyncio.sleep(0.05)
    return web.Response()


def _hang_up(request: web.Request) -> None:
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


def write_models(user_data: Path) -> None:
    """Register every fault as a model of every provider: 1 dollar in, 10 out per million."""
    user_data.mkdir(parents=True, exist_ok=True)
    price = (
        "prices = [{ since = 2024-01-01, input_usd = 1.0, output_usd = 10.0, "
        'source = "test", read_on = 2024-01-01 }]'
    )
    entries = [
        f'[[models]]\nprovider = "{provider}"\nid = "fault-{fault}"\n{price}\n'
        for provider in DIALECTS
        for fault in FAULTS
    ]
    (user_data / "models.toml").write_text("\n".join(entries), encoding="utf-8")
