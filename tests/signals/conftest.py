from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.fake_providers import FakeProviders


@pytest.fixture(scope="session")
def running_fake() -> Iterator[FakeProviders]:
    with FakeProviders() as fake:
        yield fake


@pytest.fixture
def fake(running_fake: FakeProviders) -> FakeProviders:
    """Return the fake server with an empty record of calls."""
    running_fake.calls.clear()
    running_fake.answered.clear()
    running_fake.outages.clear()
    running_fake.director = None
    running_fake.batches.reset()
    return running_fake
