from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, ProviderError, TransientError
from proratio_signals.batches.rows import Batch, BatchRows, Wish
from proratio_signals.batches.shipping import Shipping
from proratio_signals.calls import Call
from proratio_signals.caps import Caps
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer
from proratio_signals.prompts import Prompt
from proratio_signals.providers.batching import (
    BatchLine,
    BatchRequest,
    BatchState,
    Sighting,
)
from tests.signals.samples import said
from tests.wire.asking import some_prompt

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
REQUESTS = [BatchRequest("a", some_prompt()), BatchRequest("b", some_prompt())]


class SaidError(Exception):
    """What a service says, as its SDK raises it."""

    def __init__(self, kind: AbstentionKind, *, billable: bool = False) -> None:
        super().__init__(kind)
        self.means = Abstention(kind, "HTTP: as told", billable=billable)


@dataclass
class ScriptedWire:
    """A service that does as it is told; every list is a script, its last entry for ever."""

    uploads: list[Any] = field(default_factory=lambda: ["file"])
    creations: list[Any] = field(default_factory=lambda: ["remote"])
    sightings: list[Any] = field(default_factory=lambda: [Sighting()])
    states: list[Any] = field(default_factory=lambda: [BatchState(ended=True, complete=True)])
    results: list[BatchLine] = field(
        default_factory=lambda: [BatchLine("a", body="{}"), BatchLine("b", body="{}")]
    )
    log: list[str] = field(default_factory=list)

    async def upload(self, name: str, requests: Sequence[BatchRequest]) -> Any:
        return self._next("upload", self.uploads)

    async def create(self, name: str, uploaded: Any) -> str:
        return str(self._next("create", self.creations))

    async def find(self, name: str, *, keys: frozenset[str], since: datetime) -> Sighting:
        sighting: Sighting = self._next("find", self.sightings)
        return sighting

    async def look(self, batch_id: str) -> BatchState:
        state: BatchState = self._next("look", self.states)
        return state

    async def lines(self, batch_id: str) -> AsyncIterator[BatchLine]:
        for line in self.results:
            yield line

    def explain(self, error: Exception) -> Abstention | None:
        return error.means if isinstance(error, SaidError) else None

    async def close(self) -> None:
        """Hold nothing."""

    def _next(self, what: str, script: list[Any]) -> Any:
        self.log.append(what)
        entry = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(entry, Exception):
            raise entry
        return entry


class Reader:
    """Reads every body as the same opinion."""

    batches = None

    def batch_worst_case_usd(self, prompt: Prompt, *, on: date) -> float:
        return 0.1

    def batch_answer(self, body: str, *, on: date, latency_s: float) -> Answer:
        return said(Action.BUY, 0.9)


@dataclass
class Scene:
    rows: BatchRows
    wire: ScriptedWire
    clock: FixedClock
    batch: Batch

    @property
    def shipping(self) -> Shipping:
        return Shipping(
            self.rows,
            Reader(),
            self.wire,
            clock=self.clock,
            latency_s=20.0,
            arrives_within_s=60,
        )

    def send(self) -> None:
        asyncio.run(self.shipping.send(self.batch, REQUESTS))

    def step(self) -> BatchState:
        (batch,) = self.rows.open()
        return asyncio.run(self.shipping.step(batch))

    def later(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)


@pytest.fixture
def scene(database: Database) -> Scene:
    clock = FixedClock(NOW)
    rows = BatchRows(database, Caps(1.0), profile_hash="p", clock=clock)
    calls = [Call(request.key, "openai", "m", 0.1, 0.0) for request in REQUESTS]
    (batch,) = rows.prepare([Wish(call, "chatgpt") for call in calls]).batches
    return Scene(rows, ScriptedWire(), clock, batch)


def settled(scene: Scene) -> list[tuple[float | None, str | None]]:
    latest = scene.rows.latest(["a", "b"])
    return [(latest[key].settled_usd, latest[key].outcome) for key in ("a", "b")]


def test_sent_and_done_it_is_settled_and_ended(scene: Scene) -> None:
    scene.send()

    assert scene.step().ended
    assert scene.wire.log == ["upload", "create", "look"]
    assert settled(scene) == [(0.001, "OPINION")] * 2
    assert scene.rows.open() == ()


@pytest.mark.parametrize(
    "lost",
    [
        SaidError(AbstentionKind.TIMEOUT, billable=True),
        SaidError(AbstentionKind.CONNECTION, billable=True),
        SaidError(AbstentionKind.SERVER_ERROR),
        ValueError("a reply that is no JSON"),
    ],
)
def test_after_a_lost_reply_it_is_looked_for_and_never_sent_again(
    scene: Scene, lost: Exception
) -> None:
    scene.wire.creations = [lost]
    scene.wire.sightings = [Sighting(), Sighting(pending=True), Sighting("remote")]
    scene.send()

    assert not scene.step().ended
    scene.later(3_600)  # one that may be ours keeps it from being given up, however late
    assert not scene.step().ended
    assert scene.step().ended

    assert scene.wire.log == ["upload", "create", "find", "find", "find", "look"]
    assert settled(scene) == [(0.001, "OPINION")] * 2


def test_not_seen_for_long_enough_it_never_arrived_and_costs_nothing(scene: Scene) -> None:
    scene.wire.creations = [SaidError(AbstentionKind.TIMEOUT, billable=True)]
    scene.send()

    scene.later(59)
    assert not scene.step().ended
    scene.later(2)
    assert scene.step().detail == "it never arrived"
    assert settled(scene) == [(0.0, "UNANSWERED")] * 2


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (AbstentionKind.AUTHENTICATION, ConfigurationError),
        (AbstentionKind.RATE_LIMITED, TransientError),
        (AbstentionKind.FAILED, ProviderError),
    ],
)
@pytest.mark.parametrize("where", ["uploads", "creations"])
def test_what_the_service_does_not_take_is_over_and_its_money_free(
    scene: Scene, kind: AbstentionKind, error: type[Exception], where: str
) -> None:
    setattr(scene.wire, where, [SaidError(kind)])

    with pytest.raises(error, match="openai, a batch of 2 calls for chatgpt: HTTP: as told"):
        scene.send()

    assert scene.rows.open() == ()
    assert settled(scene) == [(0.0, "UNANSWERED")] * 2


def test_a_connection_that_was_never_made_started_nothing(scene: Scene) -> None:
    scene.wire.creations = [SaidError(AbstentionKind.CONNECTION, billable=False)]

    with pytest.raises(TransientError):
        scene.send()

    assert scene.rows.open() == ()


def test_prepared_and_never_sent_it_is_released_without_a_word_to_the_service(
    scene: Scene,
) -> None:
    assert scene.step().detail == "it was never sent"
    assert scene.wire.log == []
    assert settled(scene) == [(0.0, "UNANSWERED")] * 2


def test_a_look_that_fails_changes_nothing(scene: Scene) -> None:
    scene.send()
    scene.wire.states = [
        SaidError(AbstentionKind.SERVER_ERROR),
        BatchState(ended=False, done=1),
        BatchState(ended=True, complete=True),
    ]

    with pytest.raises(TransientError, match="nothing sent twice"):
        scene.step()
    assert scene.step().done == 1
    assert scene.step().ended


@pytest.mark.parametrize(("complete", "usd"), [(True, 0.1), (False, 0.0)])
def test_a_call_without_a_line_is_charged_only_when_the_batch_ended_in_order(
    scene: Scene, complete: bool, usd: float
) -> None:
    scene.wire.results = [BatchLine("a", body="{}")]
    scene.wire.states = [BatchState(ended=True, complete=complete)]
    scene.send()
    scene.step()

    assert settled(scene)[1][0] == usd


def test_a_batch_that_is_gone_stays_charged_in_full(scene: Scene) -> None:
    scene.wire.states = [BatchState(ended=True, gone=True, detail="it is gone")]
    scene.send()
    scene.step()

    assert settled(scene) == [(0.1, "MISSING")] * 2


def test_an_error_that_nobody_explains_is_not_swallowed(scene: Scene) -> None:
    scene.send()
    scene.wire.states = [RuntimeError("a bug")]

    with pytest.raises(RuntimeError, match="a bug"):
        scene.step()
