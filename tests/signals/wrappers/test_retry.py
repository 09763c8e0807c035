from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.opinions import AbstentionKind, Action, Answer
from proratio_signals.wrappers.retry import (
    LEAST_LEFT_S,
    PAUSE_S,
    RetryingProvider,
    pause_before_retry_s,
)
from tests.signals.samples import said
from tests.signals.wrappers.scripted import ScriptedProvider, failed, sleeper, time
from tests.wire.asking import some_prompt

OPINION = said(Action.BUY, 0.9)
PROMPT = some_prompt()


def ask(provider: ScriptedProvider, *, deadline_s: float = 20.0) -> Answer:
    retrying = RetryingProvider(provider, clock=provider.clock, sleep=sleeper(provider.clock))
    return asyncio.run(retrying.ask(PROMPT, deadline_s=deadline_s))


@pytest.mark.parametrize(
    "kind", [AbstentionKind.RATE_LIMITED, AbstentionKind.SERVER_ERROR, AbstentionKind.CONNECTION]
)
def test_a_passing_failure_is_asked_once_more_after_a_pause(kind: AbstentionKind) -> None:
    provider = ScriptedProvider(time(), [failed(kind), OPINION], takes_s=0.5)

    answer = ask(provider)

    assert answer.result == OPINION.result
    assert provider.clock.slept_s == [PAUSE_S]
    assert provider.deadlines_s == [20.0, pytest.approx(20 - 0.5 - PAUSE_S)]
    assert answer.latency_s == pytest.approx(1.0 + PAUSE_S)


def test_a_lasting_failure_is_asked_twice_and_no_more() -> None:
    provider = ScriptedProvider(time(), [failed()])

    assert ask(provider).result == failed().result
    assert provider.calls == 2


@pytest.mark.parametrize(
    "kind",
    sorted(
        set(AbstentionKind)
        - {AbstentionKind.RATE_LIMITED, AbstentionKind.SERVER_ERROR, AbstentionKind.CONNECTION}
    ),
)
def test_what_will_not_pass_is_asked_once(kind: AbstentionKind) -> None:
    provider = ScriptedProvider(time(), [failed(kind), OPINION])

    assert ask(provider).result == failed(kind).result
    assert provider.calls == 1


@pytest.mark.parametrize("kind", list(AbstentionKind))
def test_what_may_be_billed_is_never_asked_again(kind: AbstentionKind) -> None:
    provider = ScriptedProvider(time(), [failed(kind, billable=True), OPINION])

    ask(provider)

    assert provider.calls == 1


def test_retry_after_is_waited_for_when_the_deadline_leaves_room() -> None:
    provider = ScriptedProvider(
        time(), [failed(AbstentionKind.RATE_LIMITED, retry_after_s=7.0), OPINION]
    )

    assert ask(provider).result == OPINION.result
    assert provider.clock.slept_s == [7.0]


@pytest.mark.parametrize("wait_s", [19.5, 60.0, math.inf])
def test_retry_after_beyond_the_deadline_abstains_at_once(wait_s: float) -> None:
    provider = ScriptedProvider(time(), [failed(retry_after_s=wait_s), OPINION])

    assert ask(provider).result == failed().result
    assert provider.calls == 1
    assert provider.clock.slept_s == []


@given(
    st.one_of(st.none(), st.floats(min_value=0, allow_nan=False)),
    st.floats(min_value=0, max_value=600),
)
def test_a_retry_always_fits_into_the_deadline(wait_s: float | None, left_s: float) -> None:
    pause_s = pause_before_retry_s(failed(retry_after_s=wait_s), left_s=left_s)

    if pause_s is None:
        assert (PAUSE_S if wait_s is None else wait_s) + LEAST_LEFT_S > left_s
    else:
        assert pause_s >= (wait_s or 0.0)
        assert pause_s + LEAST_LEFT_S <= left_s


def test_a_late_sleeper_does_not_start_a_call_that_would_be_cut_off() -> None:
    provider = ScriptedProvider(time(), [failed(), OPINION])

    async def oversleep(_seconds: float) -> None:
        provider.clock.sleep(19.5)

    retrying = RetryingProvider(provider, clock=provider.clock, sleep=oversleep)
    answer = asyncio.run(retrying.ask(PROMPT, deadline_s=20.0))

    assert answer.result == failed().result
    assert provider.calls == 1


def test_closing_closes_the_provider() -> None:
    provider = ScriptedProvider(time(), [OPINION])

    asyncio.run(RetryingProvider(provider, clock=provider.clock).close())

    assert provider.closed == 1
