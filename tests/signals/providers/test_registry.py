from __future__ import annotations

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_signals.opinions import AbstentionKind, Answer
from proratio_signals.profile import Profile, load_profile
from proratio_signals.prompts import Prompt
from proratio_signals.providers import NotConfiguredError, create_providers, find_provider, registry
from tests.wire.asking import abstained, profile, some_prompt, voter
from tests.wire.fake_providers import FakeProviders


def relaxed() -> Profile:
    strict = load_profile("consensus")
    quorum = strict.quorum.model_copy(update={"minimum_voters": 2, "minimum_weight_frac": 0.6})
    return strict.model_copy(update={"quorum": quorum})


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini", "compatible", "rules"])
def test_the_built_in_providers_are_found_like_any_plugin(name: str) -> None:
    assert callable(find_provider(name))


def test_an_unknown_provider_lists_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"'grok' is not installed.*anthropic, compatible"):
        find_provider("grok")


def test_a_plugin_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("broken", "no_such_package:create", registry.GROUP)

    class Found(dict[str, EntryPoint]):
        names = ("broken",)

    monkeypatch.setattr(registry, "entry_points", lambda group: Found(broken=broken))
    with pytest.raises(ConfigurationError, match=r"'broken' cannot be loaded.*no_such_package"):
        find_provider("broken")


class Silent:
    """A plugin's provider that says nothing about its price."""

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        raise AssertionError("asked without a price")

    async def close(self) -> None:
        """Hold nothing."""


class Free(Silent):
    is_free = True


class Priced(Silent):
    def worst_case_usd(self, prompt: Prompt) -> float:
        return 0.01


@pytest.mark.parametrize(("plugin", "accepted"), [(Silent, False), (Free, True), (Priced, True)])
def test_a_plugin_is_refused_unless_it_has_a_price_or_declares_itself_free(
    monkeypatch: pytest.MonkeyPatch, plugin: type[Silent], accepted: bool
) -> None:
    monkeypatch.setattr(registry, "find_provider", lambda name: lambda *_: plugin())
    seats = profile(voter("mine", "m"))
    if accepted:
        assert isinstance(create_providers(seats, Settings())["mine"], plugin)
        return
    with pytest.raises(
        ConfigurationError, match=r"'mine' \(voter 'mine'\) does not say what.*is_free"
    ):
        create_providers(seats, Settings())


def test_a_strict_profile_without_a_key_is_refused_naming_every_missing_one(
    fake: FakeProviders, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, OPENAI_API_KEY=None, GEMINI_API_KEY=None)
    with pytest.raises(NotConfiguredError, match=r"OPENAI_API_KEY.*GEMINI_API_KEY"):
        create_providers(load_profile("consensus"), settings)


def test_a_relaxed_profile_does_without_one_key_and_that_voter_abstains(
    fake: FakeProviders, tmp_path: Path
) -> None:
    async def ask_gemini() -> Answer:
        providers = create_providers(relaxed(), fake.settings(tmp_path, GEMINI_API_KEY=None))
        answer = await providers["gemini"].ask(some_prompt(), deadline_s=1)
        for provider in providers.values():
            await provider.close()
        return answer

    found = abstained(asyncio.run(ask_gemini()))
    assert found.kind is AbstentionKind.NOT_CONFIGURED
    assert "GEMINI_API_KEY" in found.detail
    assert fake.count() == 0


def test_a_relaxed_profile_that_lacks_too_much_weight_is_refused(
    fake: FakeProviders, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, OPENAI_API_KEY=None)  # 0.60 would be left: enough
    assert create_providers(relaxed(), settings)
    settings = fake.settings(tmp_path, OPENAI_API_KEY=None, GEMINI_API_KEY=None)
    with pytest.raises(NotConfiguredError, match="cannot reach its quorum"):
        create_providers(relaxed(), settings)


def test_a_wrong_model_is_never_taken_for_a_missing_key(
    fake: FakeProviders, tmp_path: Path
) -> None:
    wrong = relaxed()
    seats = (voter("openai", "gpt-99", weight=0.4), *wrong.voters[1:])
    with pytest.raises(ConfigurationError, match="gpt-99") as caught:
        create_providers(wrong.model_copy(update={"voters": seats}), fake.settings(tmp_path))
    assert not isinstance(caught.value, NotConfiguredError)


def test_the_offline_profile_needs_no_key() -> None:
    assert len(create_providers(load_profile("offline"), Settings())) == 3
