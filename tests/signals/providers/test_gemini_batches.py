"""What only Gemini's batches do: their file is sent to an address that the service gives out."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ProviderError
from tests.signals.providers.asking_batches import sent, with_wire
from tests.wire.fake_providers import FakeProviders


def test_an_upload_that_leads_nowhere_is_an_error_of_ours(
    fake: FakeProviders, tmp_path: Path
) -> None:
    fake.batches.no_upload_address = True

    with pytest.raises(ProviderError, match="did not take the file of calls"):
        with_wire("gemini", fake.settings(tmp_path), sent)
