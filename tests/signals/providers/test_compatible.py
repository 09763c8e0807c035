from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import AbstentionKind, Opinion, Usage
from proratio_signals.providers import NotConfiguredError
from tests.wire.asking import EXPECTED, abstained, ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "qwen3:8b"


def test_an_answer_is_an_opinion_with_its_model_tokens_and_cost(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("compatible", MODEL), fake.settings(tmp_path))
    assert isinstance(answer.result, Opinion)
    assert answer.served_model == f"{MODEL}-served"
    assert answer.usage == Usage(1_000, 200)
    assert answer.cost_usd == pytest.approx(0.0)
    assert 0 < answer.latency_s < 5


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_is_an_abstention_after_one_call(
    fake: FakeProviders, tmp_path: Path, fault: str
) -> None:
    kind = EXPECTED[fault]
    deadline_s = 0.3 if kind is AbstentionKind.TIMEOUT else 5.0
    answer = ask_once(
        voter("compatible", f"fault-{fault}"), fake.settings(tmp_path), deadline_s=deadline_s
    )
    found = abstained(answer)
    assert found.kind is kind
    assert found.detail
    assert CANARIES["compatible"] not in repr(answer)
    assert fake.count() == 1  # nothing is retried behind our back
    assert answer.latency_s < deadline_s + 0.5


def test_the_request_asks_for_the_schema(fake: FakeProviders, tmp_path: Path) -> None:
    seat = voter("compatible", MODEL).model_copy(update={"temperature": 0.0})
    ask_once(seat, fake.settings(tmp_path))
    (call,) = fake.calls
    assert call.key == CANARIES["compatible"]
    assert call.body["temperature"] == 0.0
    assert call.body["response_format"]["type"] == "json_schema"
    assert [message["role"] for message in call.body["messages"]] == ["system", "user"]


def test_a_local_server_needs_no_key(fake: FakeProviders, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path, PRORATIO_COMPATIBLE_API_KEY=None)
    assert isinstance(ask_once(voter("compatible", MODEL), settings).result, Opinion)


def test_a_missing_address_is_named(fake: FakeProviders, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path, PRORATIO_COMPATIBLE_BASE_URL=None)
    with pytest.raises(NotConfiguredError, match="PRORATIO_COMPATIBLE_BASE_URL"):
        ask_once(voter("compatible", MODEL), settings)


@pytest.mark.parametrize(
    "url", ["https://llm.example.com/v1", "https://8.8.8.8/v1"], ids=["name", "address"]
)
def test_an_unpriced_model_on_the_internet_is_refused(
    fake: FakeProviders, tmp_path: Path, url: str
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_COMPATIBLE_BASE_URL=url)
    with pytest.raises(ConfigurationError, match="has no price"):
        ask_once(voter("compatible", MODEL), settings)


def test_a_registered_effort_and_price_are_used(fake: FakeProviders, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path)
    (tmp_path / "models.toml").write_text(
        '[[models]]\nprovider = "compatible"\nid = "thinker"\neffort = "high"\n'
        "prices = [{ since = 2024-01-01, input_usd = 1.0, output_usd = 10.0, "
        'source = "s", read_on = 2024-01-01 }]\n'
    )
    answer = ask_once(voter("compatible", "thinker"), settings)
    assert answer.cost_usd == pytest.approx(0.003)
    assert fake.calls[0].body["reasoning_effort"] == "high"
