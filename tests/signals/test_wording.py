from __future__ import annotations

import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.profile import Profile
from proratio_signals.snapshot import take_snapshot
from proratio_signals.wording import prompts_for
from tests.signals.samples import BTC, ROLES, candle_frame, close_of, panel_profile

SNAPSHOT = take_snapshot(candle_frame(400), BTC, close_of(300))


def test_every_voter_is_asked_in_its_role() -> None:
    prompts = prompts_for(panel_profile(), SNAPSHOT)

    assert [prompt.role for prompt in prompts.values()] == list(ROLES)
    assert all(prompt.snapshot is SNAPSHOT for prompt in prompts.values())


def test_blind_profile_sees_a_blind_snapshot() -> None:
    prompts = prompts_for(panel_profile(blinding=True), SNAPSHOT)

    assert not any("BTC" in prompt.system + prompt.user for prompt in prompts.values())


def test_prompt_version_that_does_not_exist_is_an_error() -> None:
    document = panel_profile().model_dump()
    for voter in document["voters"]:
        voter["prompt_version"] = "v9"

    with pytest.raises(ConfigurationError, match="there is no prompt 'v9'"):
        prompts_for(Profile(**document), SNAPSHOT)
