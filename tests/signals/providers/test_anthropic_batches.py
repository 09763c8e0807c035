"""What only Anthropic's batches do: they have no names, and their results are archived."""

from __future__ import annotations

from pathlib import Path

from proratio_signals.providers.batching import BatchWire, Sighting
from tests.signals.providers.asking_batches import KEYS, look_for, sent, with_wire
from tests.wire.fake_providers import FakeProviders


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

    nothing, running, other_size, ended, others = with_wire(
        "anthropic", fake.settings(tmp_path), act
    )

    assert nothing == other_size == others == Sighting()
    assert running == Sighting(pending=True)
    assert ended == Sighting("batch0")


def test_results_that_are_no_longer_kept_are_gone(fake: FakeProviders, tmp_path: Path) -> None:
    fake.batches.archived = True

    async def act(wire: BatchWire) -> object:
        return await wire.look(await sent(wire))

    state = with_wire("anthropic", fake.settings(tmp_path), act)

    assert (state.ended, state.gone) == (True, True)
