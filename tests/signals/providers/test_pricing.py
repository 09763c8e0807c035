from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_signals.opinions import Usage
from proratio_signals.profile import Voter, load_profile
from proratio_signals.providers.pricing import has_batches, model_of
from tests.signals.samples import START


def _voter(provider: str, model: str) -> Voter:
    return Voter(name="one", provider=provider, role="risk", weight=1.0, model=model)


def _settings(tmp_path: Path, **changes: str) -> Settings:
    return Settings(PRORATIO_USER_DATA=tmp_path, **changes)


def test_every_built_in_seat_has_a_price_without_a_key(tmp_path: Path) -> None:
    for name in ("consensus", "consensus-blind", "local"):
        for voter in load_profile(name).voters:
            model = model_of(voter, _settings(tmp_path))
            assert model is not None
            assert (model.cost_usd(Usage(1, 1), on=START.date()) == 0) is (name == "local")


def test_seats_of_the_three_services_have_batches_and_no_other() -> None:
    found = {voter.provider: has_batches(voter) for voter in load_profile("consensus").voters}

    assert found == {"openai": True, "anthropic": True, "gemini": True}
    assert not any(map(has_batches, load_profile("offline").voters))
    assert not has_batches(_voter("compatible", "llama"))


def test_rules_have_no_model(tmp_path: Path) -> None:
    assert {model_of(v, _settings(tmp_path)) for v in load_profile("offline").voters} == {None}


def test_unregistered_model_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no price in the registry"):
        model_of(_voter("openai", "gpt-secret"), _settings(tmp_path))
    abroad = _settings(tmp_path, PRORATIO_COMPATIBLE_BASE_URL="https://models.example.com/v1")
    with pytest.raises(ConfigurationError, match="has no price in the registry"):
        model_of(_voter("compatible", "big"), abroad)
