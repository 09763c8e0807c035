"""One question put to a real provider over a real SDK."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.opinions import Abstention, AbstentionKind, Answer
from proratio_signals.profile import Profile, Quorum, Voter
from proratio_signals.prompts.render import Prompt, render
from proratio_signals.providers import find_provider
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot

AS_OF = datetime(2024, 6, 1, tzinfo=UTC)

EXPECTED: dict[str, AbstentionKind] = {
    "400": AbstentionKind.FAILED,
    "401": AbstentionKind.AUTHENTICATION,
    "403": AbstentionKind.AUTHENTICATION,
    "404": AbstentionKind.FAILED,
    "429": AbstentionKind.RATE_LIMITED,
    "429-soon": AbstentionKind.RATE_LIMITED,
    "500": AbstentionKind.SERVER_ERROR,
    "503": AbstentionKind.SERVER_ERROR,
    "529": AbstentionKind.SERVER_ERROR,
    "silent": AbstentionKind.TIMEOUT,
    "drip": AbstentionKind.TIMEOUT,
    "truncated": AbstentionKind.CONNECTION,
    "reset": AbstentionKind.CONNECTION,
    "chunks-cut": AbstentionKind.CONNECTION,
    "partial": AbstentionKind.CONNECTION,
    "encoding": AbstentionKind.CONNECTION,
    "length": AbstentionKind.TRUNCATED,
    "refusal": AbstentionKind.REFUSED,
    "filter": AbstentionKind.REFUSED,
    "odd": AbstentionKind.FAILED,
} | dict.fromkeys(
    (
        *("half-json", "garbage", "empty", "shape", "list", "prose", "fence", "schema", "missing"),
        *("extra", "enum", "bool", "string", "range", "nan", "inf", "huge", "nul", "surrogate"),
        *("bytes", "echo"),
    ),
    AbstentionKind.INVALID,
)
"""What each fault of the fake server has to become, whichever SDK it came through."""


def some_prompt() -> Prompt:
    """Return a real prompt over made-up candles."""
    rng = np.random.default_rng(7)
    close = 60_000 * np.exp(np.cumsum(rng.normal(0, 0.005, WINDOW_CANDLES)))
    opened = np.concatenate(([60_000.0], close[:-1]))
    start_ms = to_ms(AS_OF - timedelta(hours=WINDOW_CANDLES))
    frame = make_frame(
        start_ms + 3_600_000 * np.arange(WINDOW_CANDLES),
        {
            "open": opened,
            "high": np.maximum(opened, close) * 1.001,
            "low": np.minimum(opened, close) * 0.999,
            "close": close,
            "volume": rng.uniform(1, 100, WINDOW_CANDLES),
        },
    )
    key = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)
    return render("technical", "v1", take_snapshot(frame, key, AS_OF))


def voter(provider: str, model: str, *, weight: float = 1.0, name: str | None = None) -> Voter:
    """Return a seat for a model."""
    return Voter(
        name=name or provider, provider=provider, role="technical", weight=weight, model=model
    )


def profile(*voters: Voter, deadline_s: float = 5.0, minimum_voters: int | None = None) -> Profile:
    """Return a panel of these voters."""
    quorum = Quorum(minimum_voters=minimum_voters or len(voters))
    return Profile(name="test", voters=voters, quorum=quorum, deadline_s=deadline_s)


def ask_once(seat: Voter, settings: Settings, *, deadline_s: float = 5.0) -> Answer:
    """Create the provider of a seat, ask it one question, close it."""

    async def ask() -> Answer:
        provider = find_provider(seat.provider)(seat, settings)
        try:
            return await provider.ask(some_prompt(), deadline_s=deadline_s)
        finally:
            await provider.close()

    return asyncio.run(ask())


def abstained(answer: Answer) -> Abstention:
    """Return why the voter abstained; fail when it did not."""
    assert isinstance(answer.result, Abstention), answer.result
    return answer.result
