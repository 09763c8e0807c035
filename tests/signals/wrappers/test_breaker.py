from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.clock import FixedClock
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer
from proratio_signals.wrappers.breaker import (
    COOL_DOWN_S,
    OPENS_AFTER,
    OUTAGES,
    Breaker,
    BreakerState,
    BreakingProvider,
)
from tests.signals.samples import said
from tests.signals.wrappers.scripted import ScriptedProvider, failed, time
from tests.wire.asking import some_prompt

OPINION = said(Action.BUY, 0.9)
PROMPT = some_prompt()


def broken(provider: ScriptedProvider) -> tuple[BreakingProvider, Breaker]:
    breaker = Breaker("openai", clock=provider.clock)
    return BreakingProvider(provider, breaker, clock=provider.clock), breaker


async def ask(guarded: BreakingProvider, times: int = 1, *, deadline_s: float = 20.0) -> Answer:
    for _ in range(times):
        answer = await guarded.ask(PROMPT, deadline_s=deadline_s)
    return answer


def kind_of(answer: Answer) -> AbstentionKind | None:
    return answer.result.kind if isinstance(answer.result, Abstention) else None


def later(clock: FixedClock, seconds: float) -> None:
    clock.time += timedelta(seconds=seconds)


def test_repeated_failures_open_it_and_then_nobody_is_asked() -> None:
    provider = ScriptedProvider(time(), [failed()])
    guarded, breaker = broken(provider)

    answer = asyncio.run(ask(guarded, OPENS_AFTER + 10))

    assert provider.calls == OPENS_AFTER
    assert breaker.state is BreakerState.OPEN
    assert kind_of(answer) is AbstentionKind.SUSPENDED
    assert isinstance(answer.result, Abstention)
    assert not answer.result.billable
    assert "openai failed repeatedly and is not asked for another 15 s" in answer.result.detail


def test_one_answer_between_failures_keeps_it_closed() -> None:
    provider = ScriptedProvider(time(), [*[failed()] * 4, OPINION, *[failed()] * 4, OPINION])
    guarded, breaker = broken(provider)

    asyncio.run(ask(guarded, 10))

    assert provider.calls == 10
    assert breaker.state is BreakerState.CLOSED


@pytest.mark.parametrize("kind", sorted(set(AbstentionKind) - OUTAGES))
def test_a_provider_that_answers_badly_is_there_all_the_same(kind: AbstentionKind) -> None:
    provider = ScriptedProvider(time(), [failed(kind)])
    guarded, breaker = broken(provider)

    asyncio.run(ask(guarded, OPENS_AFTER + 3))

    assert provider.calls == OPENS_AFTER + 3
    assert breaker.state is BreakerState.CLOSED


def test_after_the_cool_down_one_call_finds_out_and_success_closes_it() -> None:
    provider = ScriptedProvider(time(), [*[failed()] * OPENS_AFTER, OPINION])
    guarded, breaker = broken(provider)
    asyncio.run(ask(guarded, OPENS_AFTER))
    later(provider.clock, COOL_DOWN_S)
    assert breaker.state is BreakerState.HALF_OPEN

    assert asyncio.run(ask(guarded)).result == OPINION.result

    assert breaker.state is BreakerState.CLOSED


def test_a_failing_probe_opens_it_again() -> None:
    provider = ScriptedProvider(time(), [failed()])
    guarded, breaker = broken(provider)
    asyncio.run(ask(guarded, OPENS_AFTER))
    later(provider.clock, COOL_DOWN_S)

    asyncio.run(ask(guarded, 3))

    assert provider.calls == OPENS_AFTER + 1
    assert breaker.state is BreakerState.OPEN


@pytest.mark.parametrize(("works", "calls"), [(True, 10), (False, 1)])
def test_a_crowd_waits_for_what_the_probe_finds(works: bool, calls: int) -> None:
    async def scene() -> list[AbstentionKind | None]:
        provider = ScriptedProvider(time(), [failed()])
        guarded, _ = broken(provider)
        await ask(guarded, OPENS_AFTER)
        later(provider.clock, COOL_DOWN_S)
        provider.answers = [OPINION if works else failed()]
        provider.deadlines_s.clear()
        answers = await asyncio.gather(*(ask(guarded) for _ in range(10)))
        assert provider.calls == calls
        return [kind_of(answer) for answer in answers]

    kinds = asyncio.run(scene())

    rest = [None] * 9 if works else [AbstentionKind.SUSPENDED] * 9
    assert kinds == [None if works else AbstentionKind.SERVER_ERROR, *rest]


def test_a_crowd_does_not_wait_longer_than_its_deadline() -> None:
    class Silent(ScriptedProvider):
        async def ask(self, prompt: object, *, deadline_s: float) -> Answer:
            await asyncio.sleep(60)
            return OPINION

    async def scene() -> Answer:
        provider = ScriptedProvider(time(), [failed()])
        guarded, breaker = broken(provider)
        await ask(guarded, OPENS_AFTER)
        later(provider.clock, COOL_DOWN_S)
        silent = BreakingProvider(Silent(provider.clock, []), breaker, clock=provider.clock)
        probe = asyncio.create_task(ask(silent))
        await asyncio.sleep(0)
        answer = await ask(guarded, deadline_s=0.05)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        assert breaker.state is BreakerState.OPEN  # a cancelled probe found nobody
        return answer

    assert kind_of(asyncio.run(scene())) is AbstentionKind.SUSPENDED


@pytest.mark.parametrize(("asked_s", "open_s"), [(1.0, 15.0), (40.0, 40.0), (3_600.0, 60.0)])
def test_it_stays_open_as_long_as_the_provider_asks_within_reason(
    asked_s: float, open_s: float
) -> None:
    provider = ScriptedProvider(
        time(), [failed(AbstentionKind.RATE_LIMITED, retry_after_s=asked_s)]
    )
    guarded, breaker = broken(provider)

    asyncio.run(ask(guarded, OPENS_AFTER))

    assert breaker.left_s == pytest.approx(open_s)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 40)), max_size=60))
def test_an_open_breaker_never_lets_a_call_through(script: list[tuple[bool, float]]) -> None:
    async def scene() -> None:
        provider = ScriptedProvider(time(), [OPINION])
        guarded, breaker = broken(provider)
        for works, pause_s in script:
            later(provider.clock, pause_s)
            provider.answers = [OPINION if works else failed()]
            before, calls = breaker.state, provider.calls
            answer = await ask(guarded)
            asked = provider.calls > calls
            assert asked is (before is not BreakerState.OPEN)
            assert (kind_of(answer) is AbstentionKind.SUSPENDED) is not asked
            if asked and works:
                assert breaker.state is BreakerState.CLOSED
            if asked and not works and before is BreakerState.HALF_OPEN:
                assert breaker.state is BreakerState.OPEN

    asyncio.run(scene())


def test_a_hundred_cycles_of_outage_cost_one_call_each() -> None:
    provider = ScriptedProvider(time(), [failed()])
    guarded, breaker = broken(provider)
    for _ in range(100):
        asyncio.run(ask(guarded, 10))  # ten pairs
        later(provider.clock, 300)

    assert provider.calls == OPENS_AFTER + 99

    provider.answers = [OPINION]
    answers = [asyncio.run(ask(guarded)) for _ in range(10)]
    assert all(answer.result == OPINION.result for answer in answers)
    assert breaker.state is BreakerState.CLOSED


def test_closing_closes_the_provider() -> None:
    provider = ScriptedProvider(time(), [OPINION])
    guarded, _ = broken(provider)

    asyncio.run(guarded.close())

    assert provider.closed == 1
