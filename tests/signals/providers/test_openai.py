from __future__ import annotations

from pathlib import Path

import httpx2
import openai
import pytest

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.openai import explain_openai
from tests.wire.asking import ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "gpt-6.1-terra"


def test_an_answer_costs_its_tokens_at_the_registered_price(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("openai", MODEL), fake.settings(tmp_path))
    assert answer.cost_usd == pytest.approx((1_000 * 1.0 + 200 * 5.0) / 1e6)


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
