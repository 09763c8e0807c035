"""What only OpenAI's batches do: they are checked as a whole before any call is carried out."""

from __future__ import annotations

from pathlib import Path

from tests.signals.providers.asking_batches import through, with_wire
from tests.wire.fake_providers import FakeProviders


def test_a_file_the_service_does_not_accept_ends_the_batch_with_its_reason(
    fake: FakeProviders, tmp_path: Path
) -> None:
    fake.batches.endings["openai"] = "failed"

    states, lines = with_wire("openai", fake.settings(tmp_path), through)

    assert states[-1].detail == "it failed: the file is no good"
    assert all(line.body is None and line.failure is None for line in lines)
