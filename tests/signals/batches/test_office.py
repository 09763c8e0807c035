from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_signals.batches import office as office_module
from proratio_signals.batches import open_office
from proratio_signals.opinions import Abstention, AbstentionKind
from proratio_signals.profile import Profile, Quorum
from tests.signals.batches.running import PROFILE
from tests.wire.asking import some_prompt
from tests.wire.fake_providers import FakeProviders

RELAXED = Profile(
    name="relaxed",
    voters=PROFILE.voters,
    quorum=Quorum(minimum_voters=2, minimum_weight_frac=0.6),
)


def seats(settings: Settings, database: Database, profile: Profile) -> tuple[set[str], set[str]]:
    """Return who is asked in batches, and who directly."""

    async def session() -> tuple[set[str], set[str]]:
        async with open_office(settings, database, profile, clock=SystemClock()) as office:
            return set(office.shippings), set(office.direct)

    return asyncio.run(session())


def test_a_voter_without_its_key_is_left_to_abstain(
    fake: FakeProviders, database: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, GEMINI_API_KEY=None)

    batched, direct = seats(settings, database, RELAXED)

    assert (batched, direct) == ({"chatgpt", "claude"}, {"gemini"})


def test_what_has_not_come_back_is_an_abstention_that_leaves_the_question_open(
    fake: FakeProviders, database: Database, tmp_path: Path
) -> None:
    async def session() -> set[AbstentionKind | None]:
        settings = fake.settings(tmp_path)
        async with open_office(settings, database, PROFILE, clock=SystemClock()) as office:
            panel = office.advisor._panel
            ballots = await panel.ask({name: some_prompt() for name in office.shippings})
        results = [ballot.answer.result for ballot in ballots]
        return {result.kind if isinstance(result, Abstention) else None for result in results}

    assert asyncio.run(session()) == {AbstentionKind.LOST}
    assert fake.count() == 0


def test_one_process_at_a_time_works_on_the_batches_of_a_profile(
    fake: FakeProviders, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_module, "_LET_GO_S", 0.2)
    settings = fake.settings(tmp_path)

    async def both() -> None:
        async with open_office(settings, database, PROFILE, clock=SystemClock()):
            async with open_office(settings, database, RELAXED, clock=SystemClock()):
                pass  # another profile is another matter
            with pytest.raises(TransientError, match="another process works on the batches"):
                async with open_office(settings, database, PROFILE, clock=SystemClock()):
                    pass

    asyncio.run(both())
    assert seats(settings, database, PROFILE)[1] == set()  # free again
