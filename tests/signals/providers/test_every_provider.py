"""What holds for every provider alike, over its real SDK; the particular has files of its own.

One connected provider a file serves all cases: the fake server is told the fault of each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_signals.opinions import AbstentionKind, Answer, Opinion, Usage
from proratio_signals.providers import NotConfiguredError, Provider, find_provider
from tests.wire.asking import EXPECTED, abstained, ask_once, some_prompt, voter
from tests.wire.fake_providers import CANARIES, DIALECTS, FakeProviders, opinion_text
from tests.wire.provider_faults import FAULTS, Call, Fault
from tests.wire.seeded_faults import FAMILIES
from tests.wire.wire_versions import another_version, with_senseless_usage

MODELS = {
    "openai": "gpt-6.1-terra",
    "anthropic": "claude-sonnet-5-5",
    "gemini": "gemini-3.8-flash",
    "compatible": "qwen3:8b",
}
ADDRESSES = {
    "openai": "OPENAI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "gemini": "GEMINI_BASE_URL",
    "compatible": "PRORATIO_COMPATIBLE_BASE_URL",
}
PAID = ("openai", "anthropic", "gemini")
SEEDS = 4


class Connected:
    """The four providers, connected, in an event loop that outlives a test."""

    def __init__(self, settings: Settings) -> None:
        self._runner = asyncio.Runner()
        self._providers: Mapping[str, Provider] = self._runner.run(self._connect(settings))

    async def _connect(self, settings: Settings) -> dict[str, Provider]:
        return {
            name: find_provider(name)(voter(name, model), settings)
            for name, model in MODELS.items()
        }

    def ask(self, provider: str, *, deadline_s: float = 5.0) -> Answer:
        asking = self._providers[provider].ask(some_prompt(), deadline_s=deadline_s)
        return self._runner.run(asking)

    def close(self) -> None:
        async def close() -> None:
            for provider in self._providers.values():
                await provider.close()

        self._runner.run(close())
        self._runner.close()


@pytest.fixture(scope="module")
def connected(
    running_fake: FakeProviders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connected]:
    connected = Connected(running_fake.settings(tmp_path_factory.mktemp("connected")))
    yield connected
    connected.close()


@pytest.fixture(params=MODELS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def directed(fake: FakeProviders, fault: Fault | None) -> None:
    fake.director = lambda _: fault


def test_an_answer_is_an_opinion_with_its_model_and_tokens(
    fake: FakeProviders, connected: Connected, provider: str
) -> None:
    answer = connected.ask(provider)
    assert isinstance(answer.result, Opinion)
    assert answer.served_model == f"{MODELS[provider]}-served"
    assert answer.usage == Usage(1_000, 200)
    assert 0 < answer.latency_s < 5
    assert fake.calls[0].key == CANARIES[provider]


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_is_an_abstention_after_one_call(
    fake: FakeProviders, connected: Connected, provider: str, fault: str
) -> None:
    directed(fake, FAULTS[fault])
    kind = EXPECTED[fault]
    deadline_s = 0.3 if kind is AbstentionKind.TIMEOUT else 5.0
    answer = connected.ask(provider, deadline_s=deadline_s)
    found = abstained(answer)
    assert found.kind is kind
    assert found.detail
    assert CANARIES[provider] not in repr(answer)
    assert fake.count() == 1  # nothing is retried behind our back
    assert answer.latency_s < deadline_s + 0.5


@pytest.mark.parametrize("family", [name for name, one in FAMILIES.items() if not one.is_slow])
def test_every_member_of_a_family_of_faults_is_an_abstention_of_its_kinds(
    fake: FakeProviders, connected: Connected, provider: str, family: str
) -> None:
    for seed in range(SEEDS):
        directed(fake, FAMILIES[family].make(Random(f"{family} {seed}")))
        answer = connected.ask(provider)
        found = abstained(answer)
        assert found.kind in FAMILIES[family].kinds, (seed, found)
        assert CANARIES[provider] not in repr(answer)
        assert found.detail.isprintable()


def test_older_and_newer_wire_versions_are_the_same_answer(
    fake: FakeProviders, connected: Connected, provider: str
) -> None:
    for seed in range(20):
        body = another_version(DIALECTS[provider], "m", opinion_text(), Random(seed))
        directed(fake, _answering(body))
        answer = connected.ask(provider)
        assert isinstance(answer.result, Opinion), (seed, answer)
        assert answer.usage == Usage(1_000, 200)


def test_senseless_usage_costs_no_answer_and_is_never_believed(
    fake: FakeProviders, connected: Connected, provider: str
) -> None:
    for seed in range(20):
        body = with_senseless_usage(DIALECTS[provider], "m", opinion_text(), Random(seed))
        directed(fake, _answering(body))
        answer = connected.ask(provider)
        assert isinstance(answer.result, Opinion), (seed, answer)
        counts = (answer.usage.input_tokens, answer.usage.output_tokens)
        assert all(count is None or 0 <= count <= 1_000 for count in counts)


def _answering(body: object) -> Fault:
    from aiohttp import web  # noqa: PLC0415

    async def fault(_: object) -> web.StreamResponse:
        return web.json_response(body)

    return fault


@pytest.mark.parametrize("provider", PAID)
def test_a_missing_key_is_named(fake: FakeProviders, tmp_path: Path, provider: str) -> None:
    variable = f"{provider.upper()}_API_KEY"
    with pytest.raises(NotConfiguredError, match=variable):
        ask_once(voter(provider, MODELS[provider]), fake.settings(tmp_path, **{variable: None}))


@pytest.mark.parametrize("provider", PAID)
def test_an_unknown_model_is_refused_before_it_is_asked(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"has no price.*models\.toml"):
        ask_once(voter(provider, "unknown-99"), fake.settings(tmp_path))
    assert fake.count() == 0


def test_nobody_listening_is_a_broken_connection(
    fake: FakeProviders, tmp_path: Path, provider: str
) -> None:
    settings = fake.settings(tmp_path, **{ADDRESSES[provider]: "http://127.0.0.1:1/v1"})
    found = abstained(ask_once(voter(provider, MODELS[provider]), settings))
    assert found.kind is AbstentionKind.CONNECTION
    assert not found.billable


def test_the_director_sees_who_asks_what(fake: FakeProviders, connected: Connected) -> None:
    seen: list[Call] = []

    def direct(call: Call) -> None:
        seen.append(call)

    fake.director = direct
    connected.ask("gemini")
    assert [(call.provider, call.model) for call in seen] == [("gemini", MODELS["gemini"])]
