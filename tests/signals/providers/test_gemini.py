from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from google.genai import errors

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import AbstentionKind, Opinion, Usage
from proratio_signals.providers import NotConfiguredError
from proratio_signals.providers.gemini import create
from tests.wire.asking import EXPECTED, abstained, ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "gemini-3.8-flash"


def test_an_answer_is_an_opinion_with_its_model_tokens_and_cost(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("gemini", MODEL), fake.settings(tmp_path))
    assert isinstance(answer.result, Opinion)
    assert answer.served_model == f"{MODEL}-served"
    assert answer.usage == Usage(1_000, 200)
    assert answer.cost_usd is not None
    cheapest_usd = (1_000 * 0.75 + 200 * 3.75) / 1e6
    assert answer.cost_usd / cheapest_usd in {1.0, 2.0}  # the price doubles on 2027-01-01
    assert 0 < answer.latency_s < 5


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_is_an_abstention_after_one_call(
    fake: FakeProviders, tmp_path: Path, fault: str
) -> None:
    kind = EXPECTED[fault]
    deadline_s = 0.3 if kind is AbstentionKind.TIMEOUT else 5.0
    answer = ask_once(
        voter("gemini", f"fault-{fault}"), fake.settings(tmp_path), deadline_s=deadline_s
    )
    found = abstained(answer)
    assert found.kind is kind
    assert found.detail
    assert CANARIES["gemini"] not in repr(answer)
    assert fake.count() == 1  # nothing is retried behind our back
    assert answer.latency_s < deadline_s + 0.5


def test_the_request_asks_for_the_schema_and_for_little_thinking(
    fake: FakeProviders, tmp_path: Path
) -> None:
    ask_once(voter("gemini", MODEL), fake.settings(tmp_path))
    (call,) = fake.calls
    config = call.body["generationConfig"]
    assert call.key == CANARIES["gemini"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"]["required"][0] == "action"
    assert list(config["thinkingConfig"].values()) == ["LOW"]
    assert config["maxOutputTokens"] == 8_192
    assert call.body["systemInstruction"]["parts"][0]["text"]


def test_a_missing_key_is_named(fake: FakeProviders, tmp_path: Path) -> None:
    with pytest.raises(NotConfiguredError, match="GEMINI_API_KEY"):
        ask_once(voter("gemini", MODEL), fake.settings(tmp_path, GEMINI_API_KEY=None))


def test_an_unknown_model_is_refused_before_it_is_asked(
    fake: FakeProviders, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"has no price.*models\.toml"):
        ask_once(voter("gemini", "gemini-99"), fake.settings(tmp_path))
    assert fake.count() == 0


def test_nobody_listening_is_a_broken_connection(tmp_path: Path, fake: FakeProviders) -> None:
    settings = fake.settings(tmp_path, GEMINI_BASE_URL="http://127.0.0.1:1")
    assert abstained(ask_once(voter("gemini", MODEL), settings)).kind is AbstentionKind.CONNECTION


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.APIError(503, {}), AbstentionKind.SERVER_ERROR),
        (errors.APIError(400, {"error": {"details": "odd"}}), AbstentionKind.FAILED),
        (aiohttp.ClientError(), AbstentionKind.CONNECTION),
        (ConnectionResetError(), AbstentionKind.CONNECTION),
        (ZeroDivisionError(), None),
    ],
    ids=lambda value: getattr(value, "value", type(value).__name__),
)
def test_every_root_of_the_sdks_exceptions_is_translated(
    fake: FakeProviders, tmp_path: Path, error: Exception, kind: AbstentionKind | None
) -> None:
    wire = create(voter("gemini", MODEL), fake.settings(tmp_path))._wire
    found = wire.explain(error)
    assert (None if found is None else found.kind) is kind
