"""Providers that take no batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, ProviderError, TransientError
from tests.signals.batches.running import FEW, bill_usd, fill, money, votes
from tests.wire.fake_providers import FakeProviders


@pytest.mark.parametrize(
    ("provider", "status", "error", "says"),
    [
        ("openai", 401, ConfigurationError, "Correct the key"),
        ("anthropic", 429, TransientError, "Run again later"),
        ("gemini", 400, ProviderError, "Nothing was charged"),
    ],
)
def test_a_provider_that_takes_no_batch_stops_the_run_after_the_others_are_in(
    fake: FakeProviders,
    stocked: Database,
    tmp_path: Path,
    provider: str,
    status: int,
    error: type[Exception],
    says: str,
) -> None:
    settings = fake.settings(tmp_path)
    fake.batches.refusals[provider] = status

    with pytest.raises(error, match=f"{provider}, a batch of 4 calls .*{says}"):
        fill(settings, stocked, FEW)
    assert votes(stocked) == 0
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)

    fake.batches.refusals.clear()
    assert fill(settings, stocked, FEW).batches == 1
    assert votes(stocked) == 4


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_an_upload_that_fails_leaves_nothing_to_look_for(
    fake: FakeProviders, stocked: Database, tmp_path: Path, provider: str
) -> None:
    fake.batches.upload_refusals[provider] = 503

    with pytest.raises(TransientError, match=f"{provider}, a batch"):
        fill(fake.settings(tmp_path), stocked, FEW)

    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)
