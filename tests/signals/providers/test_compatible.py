from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import Opinion
from proratio_signals.providers import NotConfiguredError
from tests.wire.asking import ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

MODEL = "qwen3:8b"


def test_an_answer_costs_its_tokens_at_the_registered_price(
    fake: FakeProviders, tmp_path: Path
) -> None:
    answer = ask_once(voter("compatible", MODEL), fake.settings(tmp_path))
    assert answer.cost_usd == pytest.approx(0.0)


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
