from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import structlog
from pydantic import ValidationError

from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer
from proratio_signals.profile import Fallback, Voter
from proratio_signals.wrappers.fallback import FallbackProvider
from tests.signals.samples import said
from tests.signals.wrappers.scripted import ScriptedProvider, failed, time
from tests.wire.asking import some_prompt

VOTER = Voter(
    name="chatgpt",
    provider="openai",
    role="technical",
    weight=0.4,
    model="gpt-6.1-terra",
    fallback=Fallback(provider="anthropic", model="claude-sonnet-5-5"),
)
BUY = said(Action.BUY, 0.9)
ABSENT = ["TIMEOUT", "RATE_LIMITED", "SERVER_ERROR", "CONNECTION", "SUSPENDED"]


class Seat:
    """A seat whose two providers share a clock."""

    def __init__(self, own: Answer, other: Answer = BUY, *, takes_s: float = 0.0) -> None:
        self.clock = time()
        self.own = ScriptedProvider(self.clock, [own], takes_s=takes_s)
        self.other = ScriptedProvider(self.clock, [other], takes_s=1.0)
        self.provider = FallbackProvider(self.own, self.other, voter=VOTER, clock=self.clock)

    def ask(self, *, deadline_s: float = 20.0) -> Answer:
        return asyncio.run(self.provider.ask(some_prompt(), deadline_s=deadline_s))


@pytest.mark.parametrize("kind", ABSENT)
def test_who_is_not_there_is_stood_in_for_and_it_is_said(kind: str) -> None:
    seat = Seat(failed(AbstentionKind(kind)), takes_s=3.0)

    with structlog.testing.capture_logs() as logs:
        answer = seat.ask()

    assert answer.result == BUY.result
    assert answer.served_model == f"m-1 (for gpt-6.1-terra: {kind})"
    assert (answer.usage, answer.latency_s) == (BUY.usage, 4.0)
    assert [entry["event"] for entry in logs] == ["fallback_asked"]
    assert seat.own.deadlines_s == [12.0]  # silence leaves the other two fifths
    assert seat.other.deadlines_s == [17.0]


@pytest.mark.parametrize(
    "kind", [kind for kind in AbstentionKind if kind.value not in ABSENT], ids=str
)
def test_an_answer_however_bad_is_not_replaced(kind: AbstentionKind) -> None:
    seat = Seat(failed(kind))

    assert seat.ask().result == failed(kind).result
    assert seat.other.calls == 0


def test_an_opinion_is_taken_as_it_is() -> None:
    seat = Seat(said(Action.SELL, 0.7))

    assert seat.ask() == said(Action.SELL, 0.7)
    assert seat.other.calls == 0


def test_both_calls_are_paid_for() -> None:
    seat = Seat(replace(failed(AbstentionKind.TIMEOUT, billable=True), cost_usd=0.05))

    assert seat.ask().cost_usd == pytest.approx(0.05 + 0.001)
    assert Seat(failed(), replace(BUY, cost_usd=None)).ask().cost_usd is None


def test_when_both_are_away_the_seat_abstains_for_both_reasons() -> None:
    answer = Seat(failed(), failed(AbstentionKind.RATE_LIMITED)).ask()

    assert isinstance(answer.result, Abstention)
    assert answer.result.kind is AbstentionKind.SERVER_ERROR
    assert answer.result.detail == "failed; its fallback: RATE_LIMITED: failed"


def test_without_time_left_nobody_else_is_asked() -> None:
    seat = Seat(failed(), takes_s=1.5)

    assert seat.ask(deadline_s=2.0).result == failed().result
    assert seat.other.calls == 0


def test_both_are_closed_also_when_the_first_refuses() -> None:
    seat = Seat(failed())
    asyncio.run(seat.provider.close())
    assert (seat.own.closed, seat.other.closed) == (1, 1)

    async def broken() -> None:
        raise OSError("it does not want to")

    seat.own.close = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="does not want"):
        asyncio.run(seat.provider.close())
    assert seat.other.closed == 2


@pytest.mark.parametrize("provider", ["rules", "openai"])
def test_rules_and_the_provider_itself_are_no_fallback(provider: str) -> None:
    with pytest.raises(ValidationError, match="name another provider"):
        Voter(**{**VOTER.model_dump(), "fallback": {"provider": provider, "model": "m"}})


def test_substitute_keeps_the_seat_and_changes_who_fills_it() -> None:
    other = VOTER.substitute

    assert other is not None
    assert (other.name, other.role, other.weight) == ("chatgpt", "technical", 0.4)
    assert (other.provider, other.model, other.substitute) == (
        "anthropic",
        "claude-sonnet-5-5",
        None,
    )
