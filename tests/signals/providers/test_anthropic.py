from __future__ import annotations

from pathlib import Path

import anthropic
import httpx2
import pytest

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.anthropic import create
from tests.wire.asking import ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "claude-sonnet-5-5"


def test_an_answer_costs_its_tokens_at_the_registered_price(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("anthropic", MODEL), fake.settings(tmp_path))
    assert answer.cost_usd == pytest.approx((1_000 * 2.0 + 200 * 10.0) / 1e6)


def test_the_request_asks_for_the_schema_and_for_little_effort(
    fake: FakeProviders, tmp_path: Path
) -> None:
    ask_once(voter("anthropic", MODEL), fake.settings(tmp_path))
    (call,) = fake.calls
    assert call.key == CANARIES["anthropic"]
    assert call.body["output_config"]["effort"] == "low"
    assert call.body["output_config"]["format"]["type"] == "json_schema"
    assert call.body["max_tokens"] == 8_192
    assert "temperature" not in call.body


def test_a_temperature_is_sent_when_the_voter_has_one(fake: FakeProviders, tmp_path: Path) -> None:
    seat = voter("anthropic", "fault-refusal").model_copy(update={"temperature": 0.5})
    ask_once(seat, fake.settings(tmp_path))
    assert fake.calls[0].body["temperature"] == 0.5


REQUEST = httpx2.Request("POST", "http://127.0.0.1")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (anthropic.APITimeoutError(REQUEST), AbstentionKind.TIMEOUT),
        (anthropic.APIConnectionError(request=REQUEST), AbstentionKind.CONNECTION),
        (anthropic.APIError("m", REQUEST, body=None), AbstentionKind.FAILED),
        (anthropic.AnthropicError("m"), AbstentionKind.FAILED),
        (ZeroDivisionError(), None),
    ],
    ids=lambda value: getattr(value, "value", type(value).__name__),
)
def test_every_root_of_the_sdks_exceptions_is_translated(
    fake: FakeProviders, tmp_path: Path, error: Exception, kind: AbstentionKind | None
) -> None:
    wire = create(voter("anthropic", MODEL), fake.settings(tmp_path))._wire
    found = wire.explain(error)
    assert (None if found is None else found.kind) is kind
