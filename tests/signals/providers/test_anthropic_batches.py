from __future__ import annotations

from pathlib import Path

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.batching import BatchWire, Sighting
from tests.signals.providers.asking_batches import KEYS, look_for, sent, through, with_wire
from tests.wire.fake_providers import FakeProviders

PROVIDER = "anthropic"


def test_calls_come_back_by_their_keys(fake: FakeProviders, tmp_path: Path) -> None:
    fake.batches.looks = 2

    states, lines = with_wire(PROVIDER, fake.settings(tmp_path), through)

    assert [(state.ended, state.complete) for state in states] == [(False, False), (True, True)]
    assert {line.key for line in lines} == set(KEYS)
    assert all(line.body is not None and "EMA20" in line.body for line in lines)


def test_calls_that_were_not_carried_out_are_told_from_those_that_failed(
    fake: FakeProviders, tmp_path: Path
) -> None:
    fake.batches.endings[PROVIDER] = "expired"
    fake.batches.line = lambda _, index: "400" if index == 1 else None

    states, lines = with_wire(PROVIDER, fake.settings(tmp_path), through)

    found = {line.key: line for line in lines}
    assert states[-1].ended
    assert found[KEYS[0]].body is not None
    failure = found[KEYS[1]].failure
    assert failure is not None
    assert failure.kind is AbstentionKind.FAILED
    for key in KEYS[2:]:
        assert (found[key].body, found[key].failure) == (None, None)


def test_a_batch_it_no_longer_knows_is_gone(fake: FakeProviders, tmp_path: Path) -> None:
    fake.batches.forgotten.add("batch0")

    async def act(wire: BatchWire) -> object:
        return await wire.look(await sent(wire))

    state = with_wire(PROVIDER, fake.settings(tmp_path), act)

    assert (state.ended, state.gone, state.complete) == (True, True, False)


def test_a_lost_batch_is_known_when_it_has_ended_and_until_then_may_be_any_of_its_size(
    fake: FakeProviders, tmp_path: Path
) -> None:
    async def act(wire: BatchWire) -> list[Sighting]:
        nothing = await look_for(wire)
        fake.batches.hold = True
        await sent(wire)
        running = await look_for(wire)
        other_size = await look_for(wire, keys=frozenset(KEYS[:3]))
        fake.batches.hold = False
        ended = await look_for(wire)
        others = await look_for(wire, keys=frozenset("abcd"))
        return [nothing, running, other_size, ended, others]

    nothing, running, other_size, ended, others = with_wire(PROVIDER, fake.settings(tmp_path), act)

    assert nothing == other_size == others == Sighting()
    assert running == Sighting(pending=True)
    assert ended == Sighting("batch0")


def test_results_that_are_no_longer_kept_are_gone(fake: FakeProviders, tmp_path: Path) -> None:
    fake.batches.archived = True

    async def act(wire: BatchWire) -> object:
        return await wire.look(await sent(wire))

    state = with_wire(PROVIDER, fake.settings(tmp_path), act)

    assert (state.ended, state.gone) == (True, True)
