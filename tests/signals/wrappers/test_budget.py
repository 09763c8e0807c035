from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_signals.caps import Caps
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Usage
from proratio_signals.prompts import Prompt
from proratio_signals.purse import Purse
from proratio_signals.wrappers.budget import BudgetedProvider
from tests.signals.samples import said
from tests.signals.test_reservations import charged_usd
from tests.signals.wrappers.scripted import ScriptedProvider, failed, sleeper, time
from tests.wire.asking import some_prompt, voter

OPINION = said(Action.BUY, 0.9)
PROMPT = some_prompt()


def numbered(number: int) -> Prompt:
    return replace(PROMPT, user=f"{PROMPT.user} {number}")


def budgeted(
    provider: ScriptedProvider,
    database: Database,
    *,
    cap_usd: float = 5.0,
    real_time: bool = False,
) -> BudgetedProvider:
    clock = SystemClock() if real_time else provider.clock
    return BudgetedProvider(
        provider,
        Purse(database, Caps(cap_usd), profile_hash="p", clock=clock),
        voter=voter("openai", "m"),
        meter=provider,
        clock=clock,
        sleep=asyncio.sleep if real_time else sleeper(provider.clock),
    )


def kind_of(answer: Answer) -> AbstentionKind | None:
    return answer.result.kind if isinstance(answer.result, Abstention) else None


def test_an_answer_costs_what_its_tokens_cost(database: Database) -> None:
    provider = ScriptedProvider(time(), [OPINION])

    answer = asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))

    assert answer == OPINION
    assert charged_usd(database) == OPINION.cost_usd == 0.001


def test_past_the_cap_the_voter_abstains_and_nobody_is_called(database: Database) -> None:
    provider = ScriptedProvider(time(), [replace(OPINION, cost_usd=0.10)])

    async def scene() -> list[Answer]:
        paid = budgeted(provider, database, cap_usd=0.35)
        return [await paid.ask(numbered(n), deadline_s=20) for n in range(6)]

    kinds = [kind_of(answer) for answer in asyncio.run(scene())]

    assert kinds == [None, None, None, *[AbstentionKind.BUDGET] * 3]
    assert provider.calls == 3
    assert charged_usd(database) == pytest.approx(0.30)


def test_an_abstention_for_money_says_which_cap_and_costs_nothing(database: Database) -> None:
    provider = ScriptedProvider(time(), [OPINION])

    answer = asyncio.run(budgeted(provider, database, cap_usd=0).ask(PROMPT, deadline_s=20))

    assert isinstance(answer.result, Abstention)
    assert "the daily budget of 0.00 USD" in answer.result.detail
    assert answer.cost_usd == 0.0
    assert provider.clock.slept_s == []


@pytest.mark.parametrize(("billable", "charged"), [(False, 0.0), (True, 0.10)])
def test_a_failed_call_is_charged_what_may_have_been_billed(
    database: Database, billable: bool, charged: float
) -> None:
    provider = ScriptedProvider(time(), [failed(billable=billable)])

    answer = asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))

    assert answer.cost_usd == charged_usd(database) == charged


def test_a_refusal_with_token_counts_is_charged_those(database: Database) -> None:
    refusal = replace(failed(AbstentionKind.REFUSED), usage=Usage(10, 5), cost_usd=0.02)
    provider = ScriptedProvider(time(), [refusal])

    asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))

    assert charged_usd(database) == 0.02


def test_the_same_question_is_paid_once_also_by_another_process(database: Database) -> None:
    one, other = (ScriptedProvider(time(), [OPINION]) for _ in range(2))

    first = asyncio.run(budgeted(one, database).ask(PROMPT, deadline_s=20))
    second = asyncio.run(budgeted(other, database).ask(PROMPT, deadline_s=20))

    assert first == second
    assert (one.calls, other.calls) == (1, 0)
    assert charged_usd(database) == 0.001


def test_a_twin_waits_for_the_answer_of_the_one_that_asks(database: Database) -> None:
    class Slow(ScriptedProvider):
        async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
            await asyncio.sleep(0.2)
            return await super().ask(prompt, deadline_s=deadline_s)

    clock = time()
    one, other = Slow(clock, [OPINION]), Slow(clock, [OPINION])

    async def scene() -> list[Answer]:
        asking = budgeted(one, database, real_time=True).ask(PROMPT, deadline_s=20)
        first = asyncio.create_task(asking)
        await asyncio.sleep(0.1)
        twin = budgeted(other, database, real_time=True)
        return [await twin.ask(PROMPT, deadline_s=20), await first]

    assert asyncio.run(scene()) == [OPINION, OPINION]
    assert (one.calls, other.calls) == (1, 0)


def test_a_twin_of_a_killed_call_abstains_until_tomorrow(database: Database) -> None:
    class Killed(ScriptedProvider):
        async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
            raise SystemExit

    async def die() -> None:
        paid = budgeted(Killed(time(), []), database)
        paid._purse.forfeit = lambda *_, **__: None  # type: ignore[method-assign]  # as kill -9
        await paid.ask(PROMPT, deadline_s=20)

    with pytest.raises(SystemExit):
        asyncio.run(die())
    provider = ScriptedProvider(time(), [OPINION])
    guarded = budgeted(provider, database)
    waiting = asyncio.run(guarded.ask(PROMPT, deadline_s=20))
    provider.clock.time += timedelta(seconds=31)
    dead = asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))

    assert kind_of(waiting) is AbstentionKind.LOST
    assert isinstance(dead.result, Abstention)
    assert "0.1000 USD stay charged" in dead.result.detail
    assert provider.calls == 0
    assert charged_usd(database) == 0.10

    provider.clock.time += timedelta(days=1)
    assert kind_of(asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))) is None
    assert charged_usd(database) == pytest.approx(0.101)


def test_a_cancelled_call_is_charged_in_full(database: Database) -> None:
    begun = asyncio.Event()

    class Silent(ScriptedProvider):
        async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
            begun.set()
            await asyncio.sleep(60)
            return OPINION

    async def scene() -> None:
        paid = budgeted(Silent(time(), []), database)
        task = asyncio.create_task(paid.ask(PROMPT, deadline_s=20))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await paid.close()

    asyncio.run(scene())

    with database.transaction() as cursor:
        cursor.execute("SELECT settled_usd, outcome FROM spending")
        assert cursor.fetchall() == [(0.10, "CancelledError")]


def test_a_call_waits_for_money_that_calls_under_way_give_back(database: Database) -> None:
    class Slow(ScriptedProvider):
        async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
            await asyncio.sleep(0.05)
            return await super().ask(prompt, deadline_s=deadline_s)

    provider = Slow(time(), [OPINION])

    async def crowd() -> list[Answer]:
        paid = budgeted(provider, database, cap_usd=0.25, real_time=True)  # two worst cases
        return await asyncio.gather(*(paid.ask(numbered(n), deadline_s=600) for n in range(8)))

    answers = asyncio.run(crowd())

    assert [kind_of(answer) for answer in answers] == [None] * 8
    assert charged_usd(database) == pytest.approx(0.008)


def test_the_deadline_handed_on_leaves_time_to_settle(database: Database) -> None:
    provider = ScriptedProvider(time(), [OPINION])

    asyncio.run(budgeted(provider, database).ask(PROMPT, deadline_s=20))

    assert provider.deadlines_s == [pytest.approx(19.75)]


_COSTS = st.one_of(st.none(), st.floats(0, 0.10))
_RESULTS = st.one_of(
    st.just(OPINION.result),
    st.builds(Abstention, st.sampled_from(AbstentionKind), st.just("x"), billable=st.booleans()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(_RESULTS, _COSTS), min_size=1, max_size=25),
    st.floats(0, 1.5),
)
def test_no_sequence_of_answers_spends_more_than_the_cap_or_less_than_the_bill(
    database: Database, script: list[tuple[object, float | None]], cap_usd: float
) -> None:
    answers = [replace(OPINION, result=result, cost_usd=cost) for result, cost in script]
    provider = ScriptedProvider(time(), list(answers))
    with database.transaction() as cursor:
        cursor.execute("TRUNCATE spending")

    async def scene() -> list[Answer]:
        paid = budgeted(provider, database, cap_usd=cap_usd)
        return [await paid.ask(numbered(n), deadline_s=20) for n in range(len(answers))]

    asked = asyncio.run(scene())
    charged = charged_usd(database)

    assert charged <= cap_usd + 1e-6
    assert charged == pytest.approx(sum(answer.cost_usd or 0.0 for answer in asked))
    billed = sum(answer.cost_usd or 0.0 for answer in answers[: provider.calls])
    assert charged >= billed - 1e-9
