"""What holds for the batches of every provider alike; the particular has files of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.batching import BatchWire, Sighting
from tests.signals.providers.asking_batches import (
    KEYS,
    MODELS,
    NAME,
    look_for,
    requests,
    sent,
    through,
    with_wire,
)
from tests.wire.fake_providers import FakeProviders

NAMING = ("gemini", "openai")
"""Providers that keep the name of a batch."""


@pytest.fixture(params=sorted(MODELS))
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_calls_come_back_by_their_keys(fake: FakeProviders, tmp_path: Path, provider: str) -> None:
    fake.batches.looks = 2

    states, lines = with_wire(provider, fake.settings(tmp_path), through)

    assert [(state.ended, state.complete) for state in states] == [(False, False), (True, True)]
    assert {line.key for line in lines} == set(KEYS)
    assert all(line.body is not None and "EMA20" in line.body for line in lines)


def test_calls_that_were_not_carried_out_are_told_from_those_that_failed(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    fake.batches.endings[provider] = "expired"
    fake.batches.line = lambda _, index: "400" if index == 1 else None

    states, lines = with_wire(provider, fake.settings(tmp_path), through)

    found = {line.key: line for line in lines}
    assert states[-1].ended
    assert found[KEYS[0]].body is not None
    failure = found[KEYS[1]].failure
    assert failure is not None
    assert failure.kind is AbstentionKind.FAILED
    for key in KEYS[2:]:
        assert (found[key].body, found[key].failure) == (None, None)


def test_a_batch_it_no_longer_knows_is_gone(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    fake.batches.forgotten.add("batch0")

    async def act(wire: BatchWire) -> object:
        return await wire.look(await sent(wire))

    state = with_wire(provider, fake.settings(tmp_path), act)

    assert (state.ended, state.gone, state.complete) == (True, True, False)


@pytest.mark.parametrize("provider", NAMING)
def test_a_lost_batch_is_found_by_its_name_among_others(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    async def act(wire: BatchWire) -> list[Sighting]:
        await wire.create("another", await wire.upload("another", requests()))
        before = await look_for(wire)
        await sent(wire)
        return [before, await look_for(wire)]

    before, after = with_wire(provider, fake.settings(tmp_path), act)

    assert before == Sighting()
    assert after.batch_id is not None
    assert after.batch_id.endswith("batch1")
    assert fake.batches.all[1].name == NAME
