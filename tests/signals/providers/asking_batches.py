"""A batch sent to the fake server over a real SDK, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from proratio_core.settings import Settings
from proratio_signals.providers import find_provider
from proratio_signals.providers.batching import (
    BatchLine,
    BatchRequest,
    BatchState,
    BatchWire,
    Sighting,
)
from tests.wire.asking import some_prompt, voter

MODELS = {
    "openai": "gpt-6.1-terra",
    "anthropic": "claude-sonnet-5-5",
    "gemini": "gemini-3.8-flash",
}
KEYS = [f"{index:064x}" for index in range(4)]
NAME = "proratio-0123"


def requests() -> list[BatchRequest]:
    """Return four calls."""
    prompt = some_prompt()
    return [BatchRequest(key, replace(prompt, user=f"{prompt.user} {key}")) for key in KEYS]


def with_wire(provider: str, settings: Settings, act: Callable[[BatchWire], Awaitable[Any]]) -> Any:
    """Do something with the batches of a provider, then close it."""

    async def session() -> Any:
        created: Any = find_provider(provider)(voter(provider, MODELS[provider]), settings)
        try:
            return await act(created.batches)
        finally:
            await created.close()

    return asyncio.run(session())


async def sent(wire: BatchWire) -> str:
    """Send the four calls; return what the provider calls the batch."""
    return await wire.create(NAME, await wire.upload(NAME, requests()))


async def through(wire: BatchWire) -> tuple[list[BatchState], list[BatchLine]]:
    """Send the four calls, look until they are done, and read the results."""
    batch_id = await sent(wire)
    states = [await wire.look(batch_id)]
    while not states[-1].ended:
        states.append(await wire.look(batch_id))
    return states, [line async for line in wire.lines(batch_id)]


async def look_for(
    wire: BatchWire, *, name: str = NAME, keys: frozenset[str] = frozenset(KEYS)
) -> Sighting:
    """Look for a batch as after a lost reply."""
    return await wire.find(name, keys=keys, since=datetime.now(UTC))
