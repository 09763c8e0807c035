"""One loopback server that speaks every provider's wire format and fails on request.

The model's name chooses what happens: `fault-429`, `fault-silent`, ... (see `FAULTS`); any other
name is answered, unless `outages` names a fault for its provider, or `director` hands out one for
this very call. It runs in a thread, so that a subprocess can be pointed at it too:

    with FakeProviders() as fake:
        settings = fake.settings(user_data)          # or fake.environment() for a subprocess
        fake.script("gpt-6.1-terra", opinion_text(action="SELL"))
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from proratio_core.settings import Settings
from proratio_signals.models import Models
from proratio_signals.opinions import Usage
from tests.wire.fake_batches import FakeBatches
from tests.wire.in_thread import ServedInThread, listening
from tests.wire.provider_bodies import (
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    AnthropicMessages,
    Dialect,
    GeminiContent,
    OpenAIChat,
    OpenAIResponses,
    opinion_text,
)
from tests.wire.provider_faults import FAULTS, Call, Exchange, Fault

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


class FakeProviders(ServedInThread):
    """The server; `latency_s` is slept before each answer, `answer` is the default text.

    `keys` are the keys its clients are given, by provider.
    """

    def __init__(self, *, latency_s: float = 0.0) -> None:
        super().__init__()
        self.latency_s = latency_s
        self.answer = opinion_text()
        self.calls: list[Call] = []
        self.answered: list[Call] = []
        self.outages: dict[str, str] = {}
        self.director: Callable[[Call], Fault | None] | None = None
        self.keys = dict(CANARIES)
        self.batches = FakeBatches(self)
        self._scripts: dict[str, deque[str]] = defaultdict(deque)

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
        url = f"http://127.0.0.1:{self.port}"
        return {
            "OPENAI_API_KEY": self.keys["openai"],
            "OPENAI_BASE_URL": f"{url}/v1",
            "ANTHROPIC_API_KEY": self.keys["anthropic"],
            "ANTHROPIC_BASE_URL": url,
            "GEMINI_API_KEY": self.keys["gemini"],
            "GEMINI_BASE_URL": url,
            "PRORATIO_COMPATIBLE_BASE_URL": f"{url}/compatible/v1",
            "PRORATIO_COMPATIBLE_API_KEY": self.keys["compatible"],
        }

    def settings(self, user_data: Path, **changes: Any) -> Settings:
        """Return settings that point at this server, with every fault registered as a model."""
        write_models(user_data)
        return Settings(**{"PRORATIO_USER_DATA": user_data, **self.environment(), **changes})

    def next_text(self, model: str) -> str:
        """Return the text `model` answers with now."""
        script = self._scripts[model]
        return script.popleft() if script else self.answer

    def serving(self) -> AbstractAsyncContextManager[int]:
        """Answer in every wire format."""
        app = web.Application(client_max_size=256 * 1024**2)
        self.batches.add_routes(app.router)
        app.router.add_post("/v1/responses", self._handler("openai"))
        app.router.add_post("/v1/messages", self._handler("anthropic"))
        app.router.add_post("/v1/models/{call}", self._handler("gemini"))
        for path in ("/v1/models/{model}", "/compatible/v1/models/{model}"):
            app.router.add_get(path, self._describe)
        app.router.add_post("/compatible/v1/chat/completions", self._handler("compatible"))
        return listening(app)

    def _handler(self, provider: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = await _read(provider, request)
            self.calls.append(call)
            fault = self._fault_for(call)
            if fault is not None:
                return await fault(Exchange(self, DIALECTS[provider], call, request))
            await asyncio.sleep(self.latency_s)
            self.answered.append(call)
            text = self.next_text(call.model)
            return web.json_response(DIALECTS[provider].answer(call.model, text))

        return handle

    async def _describe(self, request: web.Request) -> web.Response:
        """Answer about a model, in a document that has what each SDK looks for."""
        name = request.match_info["model"]
        if _key_of(request) not in self.keys.values():
            return _refusal(401, "the key is not known")
        if name.startswith("fault-"):
            return _refusal(404, f"there is no model {name}")
        document = {
            "id": name,
            "object": "model",
            "created": 1,
            "owned_by": "test",
            "type": "model",
            "display_name": name,
            "created_at": "2026-01-01T00:00:00Z",
            "name": f"models/{name}",
        }
        return web.json_response(document)

    def _fault_for(self, call: Call) -> Fault | None:
        if self.director is not None:
            return self.director(call)
        name = self.outages.get(call.provider) or call.model.removeprefix("fault-")
        return None if name == call.model else FAULTS[name]


async def _read(provider: str, request: web.Request) -> Call:
    body = await request.json()
    named = request.match_info.get("call", "").removesuffix(":generateContent")
    return Call(provider, named or body["model"], _key_of(request), body)


def _key_of(request: web.Request) -> str:
    return (
        request.headers.get("x-goog-api-key")
        or request.headers.get("x-api-key")
        or request.headers.get("Authorization", "").removeprefix("Bearer ")
    )


def _refusal(status: int, message: str) -> web.Response:
    error = {"message": message, "type": "error", "code": status, "status": "REFUSED"}
    return web.json_response({"type": "error", "error": error}, status=status)


def write_models(user_data: Path) -> None:
    """Register every fault as a model of every provider: 1 dollar in, 10 out per million."""
    user_data.mkdir(parents=True, exist_ok=True)
    price = (
        "prices = [{ since = 2024-01-01, input_usd = 1.0, output_usd = 10.0, "
        'source = "test", read_on = 2024-01-01 }]\n'
        "batch_prices = [{ since = 2024-01-01, input_usd = 0.5, output_usd = 5.0, "
        'source = "test", read_on = 2024-01-01 }]'
    )
    entries = [
        f'[[models]]\nprovider = "{provider}"\nid = "fault-{fault}"\n{price}\n'
        for provider in DIALECTS
        for fault in FAULTS
    ]
    (user_data / "models.toml").write_text("\n".join(entries), encoding="utf-8")
