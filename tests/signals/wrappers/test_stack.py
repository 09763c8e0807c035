from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from proratio_core.clock import FixedClock, SystemClock
from proratio_core.database import Database
from proratio_signals.models import Models, load_models
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Ballot
from proratio_signals.panel import Panel
from proratio_signals.profile import Fallback, Limit, Profile, Voter, load_profile
from proratio_signals.prompts import Prompt
from proratio_signals.providers.base import Provider
from proratio_signals.providers.rules import RulesVoter
from proratio_signals.spending import provider_health
from proratio_signals.wrappers.breaker import BreakerState
from proratio_signals.wrappers.stack import caps_of, guarded_providers
from tests.signals.test_reservations import charged_usd
from tests.signals.wrappers.scripted import sleeper
from tests.wire.asking import EXPECTED, profile, some_prompt, voter
from tests.wire.fake_providers import DIALECTS, FakeProviders

PROMPT = some_prompt()
CONSENSUS = load_profile("consensus")
ResultT = TypeVar("ResultT")


class Office:
    """A panel of guarded providers on the fake server."""

    def __init__(
        self, fake: FakeProviders, database: Database, folder: Path, *, budget_usd: float = 5.0
    ) -> None:
        self.settings = fake.settings(folder, PRORATIO_DAILY_BUDGET_USD=budget_usd)
        self.models: Models = load_models(folder / "models.toml")
        self.clock = FixedClock(datetime.now(UTC))
        self.database = database

    def guarded(self, seats: Profile, *, real_time: bool = False) -> Mapping[str, Provider]:
        clock = SystemClock() if real_time else self.clock
        sleep = asyncio.sleep if real_time else sleeper(self.clock)
        return guarded_providers(seats, self.settings, self.database, clock=clock, sleep=sleep)

    def run(
        self, seats: Profile, act: Callable[[Panel], Awaitable[ResultT]], *, real_time: bool = False
    ) -> ResultT:
        async def session() -> ResultT:
            async with Panel(seats, self.guarded(seats, real_time=real_time)) as panel:
                return await act(panel)

        return asyncio.run(session())

    def health(self) -> dict[str, BreakerState]:
        found = provider_health(self.database, now=self.clock.now())
        return {health.provider: health.state for health in found}


@pytest.fixture
def office(fake: FakeProviders, database: Database, tmp_path: Path) -> Office:
    return Office(fake, database, tmp_path)


def numbered(number: int) -> Prompt:
    return replace(PROMPT, user=f"{PROMPT.user} {number}")


async def vote(panel: Panel, seats: Profile, number: int = 0) -> tuple[Ballot, ...]:
    return await panel.ask({seat.name: numbered(number) for seat in seats.voters})


def kinds(ballots: tuple[Ballot, ...]) -> list[AbstentionKind | None]:
    results = (ballot.answer.result for ballot in ballots)
    return [result.kind if isinstance(result, Abstention) else None for result in results]


def test_spending_is_the_servers_own_bill(office: Office, fake: FakeProviders) -> None:
    async def fifty(panel: Panel) -> float:
        asked = await asyncio.gather(*(vote(panel, CONSENSUS, n) for n in range(50)))
        return sum(ballot.answer.cost_usd or 0.0 for ballots in asked for ballot in ballots)

    ledger_usd = office.run(CONSENSUS, fifty)

    assert fake.count() == 150
    assert charged_usd(office.database) == pytest.approx(fake.bill_usd(office.models))
    assert ledger_usd == pytest.approx(fake.bill_usd(office.models))


@pytest.mark.parametrize(
    ("provider", "model"), [(seat.provider, seat.model) for seat in CONSENSUS.voters]
)
def test_every_provider_is_asked_with_more_than_it_can_cost_set_aside(
    office: Office, provider: str, model: str
) -> None:
    seats = profile(voter(provider, model))

    office.run(seats, lambda panel: vote(panel, seats))

    with office.database.transaction() as cursor:
        cursor.execute("SELECT reserved_usd, settled_usd, input_tokens FROM spending")
        ((reserved_usd, settled_usd, tokens),) = cursor.fetchall()
    assert reserved_usd > 5 * settled_usd > 0
    assert tokens == 1_000


def test_no_fault_costs_less_than_it_is_billed_or_more_than_was_set_aside(office: Office) -> None:
    faults = sorted(set(EXPECTED) - {"silent", "drip"})

    async def ask(seat: Voter) -> AbstentionKind | None:
        seats = profile(seat)
        guarded = office.guarded(seats)
        async with Panel(seats, guarded) as panel:
            return kinds(await vote(panel, seats))[0]

    async def all_faults() -> None:
        for fault in faults:
            seats = [voter(name, f"fault-{fault}") for name in sorted(DIALECTS)]
            found = await asyncio.gather(*(ask(seat) for seat in seats))
            assert found == [EXPECTED[fault]] * 4, fault

    asyncio.run(all_faults())

    with office.database.transaction() as cursor:
        cursor.execute("SELECT model, settled_usd, reserved_usd, output_tokens FROM spending")
        rows = cursor.fetchall()
    assert len(rows) == 4 * len(faults)
    for model, settled_usd, reserved_usd, tokens in rows:
        if model.removeprefix("fault-")[0] in "45":
            assert settled_usd == 0, model
        elif tokens is None:
            assert settled_usd == reserved_usd, model
        else:  # 1,000 tokens in at 1 USD a million, 200 out at 10
            assert settled_usd == pytest.approx(0.003), model


def test_a_silent_provider_is_charged_in_full_and_the_panel_does_not_wait(office: Office) -> None:
    seats = profile(voter("openai", "fault-silent"), deadline_s=2)

    ballots = office.run(seats, lambda panel: vote(panel, seats), real_time=True)

    assert kinds(ballots) == [AbstentionKind.TIMEOUT]
    assert ballots[0].answer.cost_usd == charged_usd(office.database) > 0.05


def test_past_the_cap_no_request_leaves(
    fake: FakeProviders, database: Database, tmp_path: Path
) -> None:
    office = Office(fake, database, tmp_path, budget_usd=0.20)  # the worst case of one vote

    async def many(panel: Panel) -> list[AbstentionKind | None]:
        found: list[AbstentionKind | None] = []
        for number in range(20):
            found += kinds(await vote(panel, CONSENSUS, number))
        return found

    found = office.run(CONSENSUS, many)

    assert set(found[:3]) == {None}
    assert set(found) == {None, AbstentionKind.BUDGET}
    assert fake.count() == found.count(None)
    assert charged_usd(database) == pytest.approx(fake.bill_usd(office.models))
    assert charged_usd(database) <= 0.20


def test_a_providers_own_cap_stops_it_alone(office: Office, fake: FakeProviders) -> None:
    seats = CONSENSUS.model_copy(
        update={"limits": (Limit(provider="anthropic", daily_usd=0.05),), "daily_usd": 4.0}
    )

    ballots = office.run(seats, lambda panel: vote(panel, seats))

    assert kinds(ballots) == [None, AbstentionKind.BUDGET, None]
    assert fake.count(provider="anthropic") == 0
    caps = caps_of(seats, office.settings)
    assert (caps.total_usd, caps.profile_usd, caps.providers_usd) == (5.0, 4.0, {"anthropic": 0.05})


def test_retry_after_inside_the_deadline_is_honoured(office: Office, fake: FakeProviders) -> None:
    seats = profile(voter("openai", "gpt-6.1-terra"))
    fake.outages["openai"] = "429-soon"

    async def recovering(panel: Panel) -> tuple[Ballot, ...]:
        asking = asyncio.create_task(vote(panel, seats))
        while fake.count() == 0:  # noqa: ASYNC110  # counted in another thread
            await asyncio.sleep(0.01)
        fake.outages.clear()
        return await asking

    started = SystemClock().monotonic()
    ballots = office.run(seats, recovering, real_time=True)

    assert kinds(ballots) == [None]
    assert SystemClock().monotonic() - started >= 0.3
    assert fake.count() == 2
    assert charged_usd(office.database) == pytest.approx(fake.bill_usd(office.models))


def test_retry_after_beyond_the_deadline_is_not_waited_for(
    office: Office, fake: FakeProviders
) -> None:
    seats = profile(voter("openai", "fault-429"), deadline_s=5)  # it asks for 7 seconds

    ballots = office.run(seats, lambda panel: vote(panel, seats), real_time=True)

    assert kinds(ballots) == [AbstentionKind.RATE_LIMITED]
    assert fake.count() == 1
    assert charged_usd(office.database) == 0


def test_a_hundred_cycles_of_outage_cost_nothing_and_few_calls(
    office: Office, fake: FakeProviders
) -> None:
    fake.outages.update(openai="500", anthropic="503", gemini="500")

    async def cycles(panel: Panel) -> set[AbstentionKind | None]:
        seen: set[AbstentionKind | None] = set()
        for number in range(100):
            office.clock.time += timedelta(minutes=5)
            seen.update(kinds(await vote(panel, CONSENSUS, number)))
        return seen

    seen = office.run(CONSENSUS, cycles)

    assert seen == {AbstentionKind.SERVER_ERROR}  # five minutes are past every cool-down
    assert fake.count() <= 100 * 3 * 2
    assert charged_usd(office.database) == 0
    assert set(office.health().values()) == {BreakerState.OPEN}


def test_flapping_for_a_minute_is_over_within_a_cycle(office: Office, fake: FakeProviders) -> None:
    """5xx for 60 s, with breaks; a panel asks every 2 s. The next cycle after it has all voters."""

    async def minute(panel: Panel) -> tuple[list[AbstentionKind | None], int]:
        for second in range(0, 60, 2):
            fake.outages.clear()
            if second % 20 < 16:
                fake.outages.update(openai="500", anthropic="503", gemini="529")
            await vote(panel, CONSENSUS, second)
            office.clock.time += timedelta(seconds=2)
        while_flapping = fake.count()
        fake.outages.clear()
        office.clock.time += timedelta(seconds=15)
        return kinds(await vote(panel, CONSENSUS, 61)), while_flapping

    after, while_flapping = office.run(CONSENSUS, minute)

    assert after == [None] * 3
    assert while_flapping < 30 * 3
    assert charged_usd(office.database) == pytest.approx(fake.bill_usd(office.models))
    assert set(office.health().values()) == {BreakerState.CLOSED}


def test_voters_of_one_provider_share_its_turns_and_its_breaker(
    office: Office, fake: FakeProviders
) -> None:
    local = load_profile("local").model_copy(
        update={"limits": (Limit(provider="compatible", at_once=1),)}
    )
    fake.outages["compatible"] = "500"

    async def twice(panel: Panel) -> list[AbstentionKind | None]:
        await vote(panel, local, 0)
        return kinds(await vote(panel, local, 1))

    second = office.run(local, twice)

    assert second == [*[AbstentionKind.SERVER_ERROR] * 2, AbstentionKind.SUSPENDED]
    assert fake.count() == 5 * 2


def test_rules_are_not_guarded_and_leave_no_row(office: Office) -> None:
    offline = load_profile("offline")
    guarded = guarded_providers(offline, office.settings, office.database, clock=office.clock)

    assert all(isinstance(provider, RulesVoter) for provider in guarded.values())
    office.run(offline, lambda panel: vote(panel, offline))
    assert charged_usd(office.database) == 0


def test_an_absent_voter_stays_absent(
    fake: FakeProviders, database: Database, tmp_path: Path
) -> None:
    office = Office(fake, database, tmp_path)
    office.settings = fake.settings(tmp_path, GEMINI_API_KEY=None)
    quorum = CONSENSUS.quorum.model_copy(update={"minimum_voters": 2, "minimum_weight_frac": 0.6})
    relaxed = CONSENSUS.model_copy(update={"quorum": quorum})

    ballots = office.run(relaxed, lambda panel: vote(panel, relaxed))

    assert kinds(ballots) == [None, None, AbstentionKind.NOT_CONFIGURED]


def test_samples_of_the_same_question_are_paid_each(office: Office, fake: FakeProviders) -> None:
    seats = profile(voter("openai", "gpt-6.1-terra"))

    async def sample(occasion: str) -> Answer:
        guarded = guarded_providers(
            seats, office.settings, office.database, clock=office.clock, occasion=occasion
        )
        async with Panel(seats, guarded) as panel:
            return (await vote(panel, seats))[0].answer

    async def samples() -> None:
        for occasion in ("", "", "2", "3", "3"):
            await sample(occasion)

    asyncio.run(samples())

    assert fake.count() == 3


def test_without_the_database_nobody_is_asked(fake: FakeProviders, tmp_path: Path) -> None:
    away = Database(f"postgresql://nobody@/nowhere?host={tmp_path}")
    office = Office(fake, away, tmp_path)

    ballots = office.run(CONSENSUS, lambda panel: vote(panel, CONSENSUS))

    assert kinds(ballots) == [AbstentionKind.LOST] * 3
    assert fake.count() == 0


def test_a_failing_primary_is_seen_while_its_fallback_works(
    office: Office, fake: FakeProviders
) -> None:
    gemini = Fallback(provider="gemini", model="gemini-3.8-flash")
    voters = tuple(
        seat.model_copy(update={"fallback": gemini}) if seat.provider == "openai" else seat
        for seat in CONSENSUS.voters
    )
    seats = Profile(**{**CONSENSUS.model_dump(), "voters": voters})
    fake.outages["openai"] = "500"

    async def act(panel: Panel) -> list[tuple[Ballot, ...]]:
        return [await vote(panel, seats, number) for number in range(5)]

    votes = office.run(seats, act)

    assert seats.hash != CONSENSUS.hash
    assert all(kinds(ballots) == [None, None, None] for ballots in votes)
    served = {ballots[0].answer.served_model for ballots in votes}
    assert served == {"gemini-3.8-flash-served (for gpt-6.1-terra: SERVER_ERROR)"}
    assert office.health()["openai"] is not BreakerState.CLOSED
    assert office.health()["gemini"] is BreakerState.CLOSED
    # gemini is asked for two seats of one vote, each under a name of its own
    assert fake.count(provider="gemini") == 10
