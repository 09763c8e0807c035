from __future__ import annotations

import asyncio

import pytest

from proratio_core.clock import SystemClock
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer
from proratio_signals.wrappers.concurrency import LimitedProvider
from tests.signals.samples import CountingProvider, said
from tests.signals.wrappers.scripted import ScriptedProvider, time
from tests.wire.asking import some_prompt

OPINION = said(Action.BUY, 0.9)
PROMPT = some_prompt()


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_calls_than_turns_are_under_way(at_once: int) -> None:
    under_way, most = 0, 0

    class Watching(CountingProvider):
        async def ask(self, prompt: object, *, deadline_s: float) -> Answer:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.005)
            under_way -= 1
            return OPINION

    async def crowd() -> list[Answer]:
        slots = asyncio.Semaphore(at_once)
        voters = [LimitedProvider(Watching(OPINION), slots, clock=SystemClock()) for _ in range(2)]
        return await asyncio.gather(*(voters[n % 2].ask(PROMPT, deadline_s=20) for n in range(12)))

    answers = asyncio.run(crowd())

    assert answers == [OPINION] * 12
    assert most == at_once


def test_who_gets_no_turn_in_time_abstains_without_cost() -> None:
    async def scene() -> tuple[Answer, int]:
        slots = asyncio.Semaphore(1)
        provider = CountingProvider(OPINION)
        limited = LimitedProvider(provider, slots, clock=SystemClock())
        await slots.acquire()
        answer = await limited.ask(PROMPT, deadline_s=0.05)
        return answer, len(provider.asked)

    answer, asked = asyncio.run(scene())

    assert asked == 0
    assert isinstance(answer.result, Abstention)
    assert answer.result.kind is AbstentionKind.TIMEOUT
    assert not answer.result.billable


def test_a_turn_that_comes_too_late_is_not_used() -> None:
    async def scene() -> tuple[Answer, int]:
        slots = asyncio.Semaphore(1)
        provider = ScriptedProvider(time(), [OPINION])
        limited = LimitedProvider(provider, slots, clock=provider.clock)
        await slots.acquire()
        waiting = asyncio.create_task(limited.ask(PROMPT, deadline_s=20))
        await asyncio.sleep(0)
        provider.clock.sleep(16)
        slots.release()
        return await waiting, provider.calls

    answer, calls = asyncio.run(scene())

    assert calls == 0
    assert isinstance(answer.result, Abstention)


def test_what_waiting_took_is_taken_from_the_deadline() -> None:
    async def scene() -> float:
        slots = asyncio.Semaphore(1)
        provider = ScriptedProvider(time(), [OPINION])
        limited = LimitedProvider(provider, slots, clock=provider.clock)
        await slots.acquire()
        waiting = asyncio.create_task(limited.ask(PROMPT, deadline_s=20))
        await asyncio.sleep(0)
        provider.clock.sleep(6)
        slots.release()
        await waiting
        await limited.close()
        assert provider.closed == 1
        return provider.deadlines_s[0]

    assert asyncio.run(scene()) == pytest.approx(14)


def test_a_cancelled_call_gives_its_turn_back() -> None:
    async def scene() -> None:
        slots = asyncio.Semaphore(1)
        limited = LimitedProvider(CountingProvider(OPINION, delay_s=60), slots, clock=SystemClock())
        task = asyncio.create_task(limited.ask(PROMPT, deadline_s=20))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not slots.locked()

    asyncio.run(scene())
