"""A backfill in batches: each question once, as a live vote, at half the price."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_signals.backfill import BackfillReport, backfill
from proratio_signals.batches import Waiting
from proratio_signals.consult import open_advisor
from proratio_signals.ledger import Ledger
from proratio_signals.models import load_models
from proratio_signals.opinions import Opinion
from proratio_signals.profile import Profile, Voter
from proratio_signals.providers import find_provider
from tests.signals.batches.running import FEW, PROFILE, QUESTIONS, bill_usd, fill, money
from tests.wire.asking import some_prompt
from tests.wire.fake_providers import FakeProviders


def test_every_question_is_answered_once_at_half_the_price(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    seen: list[Waiting] = []

    report = fill(fake.settings(tmp_path), stocked, progress=seen.append)

    live_usd = sum(
        load_models().find(voter.provider, voter.model).prices[0].input_usd * 1_000 / 1e6
        + load_models().find(voter.provider, voter.model).prices[0].output_usd * 200 / 1e6
        for voter in PROFILE.voters
    )
    assert (report.asked, report.degraded, report.left_open, report.batches) == (12, 0, 0, 3)
    assert report.cost_usd == pytest.approx(len(QUESTIONS) * live_usd / 2)
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)
    assert money(stocked)[0] == pytest.approx(report.cost_usd)
    assert set(fake.batches.asked().values()) == {1}
    assert fake.count() == 0
    assert (seen[0].batches, seen[0].calls, seen[0].questions) == (3, 36, 12)


def test_a_vote_is_what_a_live_one_would_be_and_available_at_its_deadline(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    fill(fake.settings(tmp_path), stocked, FEW)

    for question in FEW:
        vote = Ledger(stocked).find(question, PROFILE.hash)
        assert vote is not None
        assert vote.available_at == question.as_of + timedelta(seconds=PROFILE.deadline_s)
        for ballot in Ledger(stocked).ballots(vote.id):
            assert isinstance(ballot.answer.result, Opinion)
            assert ballot.answer.result.reasoning == "EMA20 above EMA50 on rising volume"
            assert ballot.answer.served_model == f"{ballot.voter.model}-served"
            assert (ballot.answer.usage.input_tokens, ballot.answer.usage.output_tokens) == (
                1_000,
                200,
            )


def test_a_second_run_sends_nothing(fake: FakeProviders, stocked: Database, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path)
    fill(settings, stocked, FEW)

    report = fill(settings, stocked, FEW)

    assert (report.answered_before, report.asked, report.batches) == (4, 0, 0)
    assert len(fake.batches.all) == 3


def test_questions_paid_for_before_are_not_sent_and_questions_in_a_batch_are_not_asked(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)

    async def directly() -> BackfillReport:
        async with open_advisor(settings, stocked, PROFILE, clock=SystemClock()) as advisor:
            return await backfill(FEW, advisor, Ledger(stocked))

    def stop(_: Waiting) -> None:
        raise KeyboardInterrupt

    fake.batches.hold = True
    with pytest.raises(KeyboardInterrupt):
        fill(settings, stocked, FEW[:2], progress=stop)
    report = asyncio.run(directly())

    assert (report.asked, len(report.refused)) == (2, 2)
    assert "with --batch fetches them" in report.refused[0].reason
    assert fake.count() == 6

    fake.batches.hold = False
    rest = fill(settings, stocked, FEW)
    assert (rest.answered_before, rest.asked, rest.batches) == (2, 2, 0)
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_an_abstention_is_asked_again_only_on_request(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)
    fake.batches.line = lambda of, index: "refusal" if (of, index) == ("gemini", 1) else None
    first = fill(settings, stocked, FEW)
    fake.batches.line = lambda *_: None

    same = fill(settings, stocked, FEW)
    again = fill(settings, stocked, FEW, retry_degraded=True)

    assert (first.asked, first.degraded) == (4, 1)
    assert (same.asked, same.batches) == (0, 0)
    assert (again.asked, again.degraded, again.batches) == (1, 0, 1)
    assert len(fake.batches.all[-1].requests) == 1
    vote = Ledger(stocked).find(FEW[1], PROFILE.hash)
    assert vote is not None
    assert (vote.attempt, vote.degraded) == (2, False)


def test_voters_without_batches_are_asked_directly_when_the_others_are_in(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    local = Voter(name="local", provider="compatible", role="risk", weight=0.25, model="llama")
    mixed = Profile(
        name="mixed",
        voters=(*PROFILE.voters[:2], local),
        quorum=PROFILE.quorum,
        deadline_s=PROFILE.deadline_s,
    )

    report = fill(fake.settings(tmp_path), stocked, FEW, profile=mixed)

    assert (report.asked, report.degraded, report.batches) == (4, 0, 2)
    assert fake.count(provider="compatible") == fake.count() == 4


def test_a_profile_without_batches_is_told_so(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    seat = Voter(name="local", provider="compatible", role="risk", weight=1.0, model="llama")
    local = Profile(name="local-only", voters=(seat,), quorum={"minimum_voters": 1})

    with pytest.raises(ConfigurationError, match="no voter of profile 'local-only' can be asked"):
        fill(fake.settings(tmp_path), stocked, FEW, profile=local)


def test_what_a_batch_is_asked_is_what_a_live_call_is_asked(
    fake: FakeProviders, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)

    async def compare(seat: Voter) -> None:
        provider: Any = find_provider(seat.provider)(seat, settings)
        prompt = some_prompt()
        body = provider._wire.body(prompt)
        await provider.ask(prompt, deadline_s=9)
        await provider.close()
        assert fake.calls[-1].body == body

    for seat in PROFILE.voters:
        asyncio.run(compare(seat))
