from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from google.genai import errors

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.gemini import create
from tests.wire.asking import ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "gemini-3.8-flash"


def test_an_answer_costs_its_tokens_at_the_registered_price(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("gemini", MODEL), fake.settings(tmp_path))
    assert answer.cost_usd is not None
    cheapest_usd = (1_000 * 0.75 + 200 * 3.75) / 1e6
    assert answer.cost_usd / cheapest_usd in {1.0, 2.0}  # the price doubles on 2027-01-01


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
