from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError, DataError
from proratio_core.settings import Settings
from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Opinion,
    Usage,
)
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile
from proratio_signals.prompts.render import Prompt
from proratio_signals.providers import create_providers
from tests.wire.asking import profile, some_prompt, voter
from tests.wire.fake_providers import FakeProviders

MARGIN_S = 0.35
"""What two shared cores may add to a deadline."""

GOOD = Answer(
    Opinion(Action.BUY, 0.8, 0.01, horizon_candles=3, reasoning="r"),
    "m",
    Usage(1, 1),
    latency_s=0.0,
    cost_usd=0.0,
)


class Seat:
    """A provider that does what it is told."""

    def __init__(self, act: Callable[[], Awaitable[Answer]]) -> None:
        self._act = act
        self.closed = False
        self.cancelled = False

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        try:
            return await self._act()
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def close(self) -> None:
        self.closed = True


async def good() -> Answer:
    return GOOD


async def silent() -> Answer:
    await asyncio.sleep(60)
    return GOOD


async def raising() -> Answer:
    raise ZeroDivisionError("a voter's own mistake")


async def deaf() -> Answer:
    """Refuse to be cancelled for a while, then fail."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(0.3)
    raise ZeroDivisionError("too late to matter")


def panel_of(*seats: Seat, deadline_s: float = 0.3) -> Panel:
    share = 1 / len(seats)
    voters = [
        voter("rules", "m", weight=share, name=f"seat-{number}") for number in range(len(seats))
    ]
    return Panel(
        profile(*voters, deadline_s=deadline_s),
        {seat.name: provider for seat, provider in zip(voters, seats, strict=True)},
    )


def prompts_for(panel_profile: Profile) -> dict[str, Prompt]:
    return {seat.name: some_prompt() for seat in panel_profile.voters}


def ask(panel: Panel, seats: int = 3) -> tuple[tuple[Ballot, ...], float]:
    async def timed() -> tuple[tuple[Ballot, ...], float]:
        prompt = some_prompt()
        started_s = time.perf_counter()
        ballots = await panel.ask({f"seat-{number}": prompt for number in range(seats)})
        return ballots, time.perf_counter() - started_s

    return asyncio.run(timed())


def kinds(ballots: tuple[Ballot, ...]) -> list[str]:
    return [
        ballot.answer.result.kind.value
        if isinstance(ballot.answer.result, Abstention)
        else "OPINION"
        for ballot in ballots
    ]


def test_ballots_come_in_the_order_of_the_profile_with_their_prompts() -> None:
    ballots, _ = ask(panel_of(Seat(good), Seat(good), Seat(good)))
    assert [ballot.voter.name for ballot in ballots] == ["seat-0", "seat-1", "seat-2"]
    assert {ballot.prompt_hash for ballot in ballots} == {some_prompt().hash}
    assert all(ballot.answer is GOOD for ballot in ballots)


def test_one_voters_exception_is_its_own_abstention() -> None:
    ballots, _ = ask(panel_of(Seat(raising), Seat(good), Seat(good)))
    assert kinds(ballots) == ["FAILED", "OPINION", "OPINION"]
    result = ballots[0].answer.result
    assert isinstance(result, Abstention)
    assert "ZeroDivisionError" in result.detail


def test_a_silent_voter_costs_the_deadline_and_no_more() -> None:
    quiet = Seat(silent)
    ballots, elapsed_s = ask(panel_of(Seat(good), quiet, Seat(good)))
    assert kinds(ballots) == ["OPINION", "TIMEOUT", "OPINION"]
    assert 0.3 <= elapsed_s < 0.3 + MARGIN_S
    assert ballots[1].answer.latency_s == pytest.approx(0.3, abs=MARGIN_S)
    assert quiet.cancelled


def test_a_voter_that_will_not_be_cancelled_is_left_behind_without_a_sound() -> None:
    complaints: list[object] = []

    async def vote_and_linger() -> tuple[tuple[Ballot, ...], float]:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
        started_s = time.perf_counter()
        ballots = await panel_of(Seat(good), Seat(deaf), Seat(good)).ask(
            {f"seat-{number}": some_prompt() for number in range(3)}
        )
        elapsed_s = time.perf_counter() - started_s
        await asyncio.sleep(0.4)
        gc.collect()  # an exception nobody took is reported when its task goes
        return ballots, elapsed_s

    ballots, elapsed_s = asyncio.run(vote_and_linger())
    assert kinds(ballots) == ["OPINION", "TIMEOUT", "OPINION"]
    assert elapsed_s < 0.3 + 0.1 + MARGIN_S
    assert complaints == []


def test_cancelling_the_question_cancels_every_voter() -> None:
    seats = [Seat(silent) for _ in range(3)]
    panel = panel_of(*seats, deadline_s=30)

    async def cancelled() -> None:
        task = asyncio.create_task(panel.ask({f"seat-{n}": some_prompt() for n in range(3)}))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert all(seat.cancelled for seat in seats)


def test_leaving_the_panel_closes_every_provider_also_after_one_that_cannot() -> None:
    class Broken(Seat):
        async def close(self) -> None:
            raise OSError("already gone")

    last = Seat(good)

    async def enter() -> None:
        async with panel_of(Broken(good), Seat(good), last):
            pass

    asyncio.run(enter())
    assert last.closed


def test_a_voter_without_provider_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no provider for chatgpt"):
        Panel(profile(voter("openai", "m", name="chatgpt")), {})


def test_a_voter_without_prompt_stops_the_question_before_anybody_is_asked() -> None:
    asked = []

    async def note() -> Answer:
        asked.append(1)
        return GOOD

    with pytest.raises(DataError, match="no prompt for seat-2"):
        ask(panel_of(Seat(note), Seat(note), Seat(note)), seats=2)
    assert asked == []


def llm_profile(*faulty: str, deadline_s: float) -> Profile:
    """Return the three providers, those in `faulty` silent."""
    models = {
        "openai": "gpt-6.1-terra",
        "anthropic": "claude-sonnet-5-5",
        "gemini": "gemini-3.8-flash",
    }
    weights = {"openai": 0.40, "anthropic": 0.35, "gemini": 0.25}
    return profile(
        *(
            voter(name, "fault-silent" if name in faulty else model, weight=weights[name])
            for name, model in models.items()
        ),
        deadline_s=deadline_s,
    )


def vote(panel_profile: Profile, settings: Settings) -> tuple[tuple[Ballot, ...], float]:
    providers = create_providers(panel_profile, settings)

    async def timed() -> tuple[tuple[Ballot, ...], float]:
        async with Panel(panel_profile, providers) as panel:
            prompts = prompts_for(panel_profile)
            started_s = time.perf_counter()
            ballots = await panel.ask(prompts)
            return ballots, time.perf_counter() - started_s

    return asyncio.run(timed())


def test_three_real_sdks_answer_at_once(fake: FakeProviders, tmp_path: Path) -> None:
    ballots, _ = vote(llm_profile(deadline_s=5), fake.settings(tmp_path))
    assert kinds(ballots) == ["OPINION"] * 3
    assert {call.provider for call in fake.calls} == {"openai", "anthropic", "gemini"}


@pytest.mark.parametrize("quiet", ["openai", "anthropic", "gemini"])
def test_one_silent_sdk_leaves_the_others_answers_within_the_deadline(
    fake: FakeProviders, tmp_path: Path, quiet: str
) -> None:
    ballots, elapsed_s = vote(llm_profile(quiet, deadline_s=1.0), fake.settings(tmp_path))
    found = dict(zip(("openai", "anthropic", "gemini"), kinds(ballots), strict=True))
    assert found.pop(quiet) == AbstentionKind.TIMEOUT
    assert set(found.values()) == {"OPINION"}
    assert 1.0 <= elapsed_s < 1.0 + MARGIN_S


def test_ten_questions_at_once_share_the_long_lived_clients(
    fake: FakeProviders, tmp_path: Path
) -> None:
    panel_profile = llm_profile(deadline_s=10)
    providers = create_providers(panel_profile, fake.settings(tmp_path))

    async def ask_ten() -> list[tuple[Ballot, ...]]:
        async with Panel(panel_profile, providers) as panel:
            prompts = prompts_for(panel_profile)
            return await asyncio.gather(*(panel.ask(prompts) for _ in range(10)))

    votes = asyncio.run(ask_ten())
    assert [kinds(ballots) for ballots in votes] == [["OPINION"] * 3] * 10
    assert fake.count() == 30
