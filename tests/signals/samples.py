"""Plain values the signal tests start from: candles, seats, ballots, and voters that count."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Opinion,
    Usage,
)
from proratio_signals.profile import Profile, Quorum, Voter
from proratio_signals.prompts import Prompt

BTC = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)
ETH = SeriesKey("binance", Pair.parse("ETH/USDT"), Timeframe.H1)
START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
STRICT = Quorum(minimum_voters=3, minimum_weight_frac=1.0)
RELAXED = Quorum(minimum_voters=2, minimum_weight_frac=0.6)
WEIGHTS = (0.40, 0.35, 0.25)
ROLES = ("technical", "risk", "sentiment")


def candle_frame(count: int, *, seed: int = 1, start: datetime = START) -> pd.DataFrame:
    """Return `count` hourly candles of a seeded random walk; more of them only add at the end."""
    draws = np.random.default_rng(seed).normal(size=(count, 4))
    close = 100 * np.exp(np.cumsum(draws[:, 0] * 0.01))
    opened = np.concatenate(([100.0], close[:-1]))
    high = np.maximum(opened, close) * (1 + np.abs(draws[:, 1]) * 0.003)
    low = np.minimum(opened, close) * (1 - np.abs(draws[:, 2]) * 0.003)
    times = to_ms(start) + np.arange(count, dtype=np.int64) * BTC.timeframe.ms
    volume = np.exp(3 + draws[:, 3] * 0.5)
    values = {"open": opened, "high": high, "low": low, "close": close, "volume": volume}
    return make_frame(times, values)


def close_of(index: int) -> datetime:
    """Return the close time of the candle at `index` of `candle_frame`."""
    return START + HOUR * (index + 1)


def panel_profile(provider: str = "counting", **changes: object) -> Profile:
    """Return a profile of the three roles with the documented weights."""
    voters = [
        Voter(name=f"voter-{role}", provider=provider, role=role, weight=weight, model="m")
        for role, weight in zip(ROLES, WEIGHTS, strict=True)
    ]
    return Profile(name="test", voters=tuple(voters), **{"quorum": STRICT, **changes})


def said(action: Action, confidence: float) -> Answer:
    """Return an answer with this opinion."""
    opinion = Opinion(action, confidence, 0.01, horizon_candles=24, reasoning="because")
    return Answer(opinion, "m-1", Usage(10, 5), latency_s=0.5, cost_usd=0.001)


def silent(kind: AbstentionKind = AbstentionKind.TIMEOUT) -> Answer:
    """Return an abstention."""
    return Answer(Abstention(kind, "no answer"), "", Usage(), latency_s=1.0, cost_usd=None)


def ballots(*answers: Answer) -> tuple[Ballot, ...]:
    """Return the ballots of the three seats, in the order of the weights."""
    return tuple(
        Ballot(voter, answer, "prompt-hash")
        for voter, answer in zip(panel_profile().voters, answers, strict=True)
    )


@dataclass
class CountingProvider:
    """A voter that always says the same and remembers what it was asked."""

    answer: Answer
    asked: list[Prompt] = field(default_factory=list)
    delay_s: float = 0.0

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        self.asked.append(prompt)
        await asyncio.sleep(self.delay_s)
        return self.answer

    async def close(self) -> None:
        """Hold nothing."""
