from __future__ import annotations

from pathlib import Path

import httpx2
import openai
import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import AbstentionKind, Opinion, Usage
from proratio_signals.providers import NotConfiguredError
from proratio_signals.providers.openai import explain_openai
from tests.wire.asking import EXPECTED, abstained, ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "gpt-6.1-terra"


def test_an_answer_is_an_opinion_with_its_model_tokens_and_cost(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("openai", MODEL), fake.settings(tmp_path))
    assert isinstance(answer.result, Opinion)
    assert answer.served_model == f"{MODEL}-served"
    assert answer.usage == Usage(1_000, 200)
    assert answer.cost_usd == pytest.approx((1_000 * 1.0 + 200 * 5.0) / 1e6)
    assert 0 < answer.latency_s < 5


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_is_an_abstention_after_one_call(
    fake: FakeProviders, tmp_path: Path, fault: str
) -> None:
    kind = EXPECTED[fault]
    deadline_s = 0.3 if kind is AbstentionKind.TIMEOUT else 5.0
    answer = ask_once(
        voter("openai", f"fault-{fault}"), fake.settings(tmp_path), deadline_s=deadline_s
    )
    found = abstained(answer)
    assert found.kind is kind
    assert found.detail
    assert CANARIES["openai"] not in repr(answer)
    assert fake.count() == 1  # nothing is retried behind our back
    assert answer.latency_s < deadline_s + 0.5


def test_the_request_asks_for_the_strict_schema_and_is_not_stored(
    fake: FakeProviders, tmp_path: Path
) -> None:
    ask_once(voter("openai", MODEL), fake.settings(tmp_path))
    (call,) = fake.calls
    assert call.key == CANARIES["openai"]
    assert call.body["store"] is False
    assert call.body["reasoning"] == {"effort": "low"}
    assert call.body["text"]["format"]["strict"] is True
    assert call.body["text"]["format"]["schema"]["required"][0] == "action"
    assert "temperature" not in call.body


def test_a_temperature_is_sent_when_the_voter_has_one(fake: FakeProviders, tmp_path: Path) -> None:
    seat = voter("openai", MODEL).model_copy(update={"temperature": 0.0})
    ask_once(seat, fake.settings(tmp_path))
    assert fake.calls[0].body["temperature"] == 0.0


def test_a_missing_key_is_named(fake: FakeProviders, tmp_path: Path) -> None:
    with pytest.raises(NotConfiguredError, match="OPENAI_API_KEY"):
        ask_once(voter("openai", MODEL), fake.settings(tmp_path, OPENAI_API_KEY=None))


def test_an_unknown_model_is_refused_before_it_is_asked(
    fake: FakeProviders, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"has no price.*models\.toml"):
        ask_once(voter("openai", "gpt-99"), fake.settings(tmp_path))
    assert fake.count() == 0


def test_nobody_listening_is_a_broken_connection(tmp_path: Path, fake: FakeProviders) -> None:
    settings = fake.settings(tmp_path, OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert abstained(ask_once(voter("openai", MODEL), settings)).kind is AbstentionKind.CONNECTION


REQUEST = httpx2.Request("POST", "http://127.0.0.1")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (openai.APITimeoutError(REQUEST), AbstentionKind.TIMEOUT),
        (openai.APIConnectionError(request=REQUEST), AbstentionKind.CONNECTION),
        (openai.APIError("m", REQUEST, body=None), AbstentionKind.FAILED),
        (openai.OpenAIError("m"), AbstentionKind.FAILED),
    ],
    ids=lambda value: getattr(value, "value", type(value).__name__),
)
def test_every_root_of_the_sdks_exceptions_is_translated(
    error: Exception, kind: AbstentionKind
) -> None:
    found = explain_openai(error, secret="s")
    assert found is not None
    assert found.kind is kind


def test_an_exception_of_somebody_else_is_not_explained() -> None:
    assert explain_openai(ZeroDivisionError(), secret="s") is None
