from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError, ProviderError
from proratio_core.settings import Settings
from proratio_signals.models import Model, Price
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Opinion, Usage
from proratio_signals.prompts.render import Prompt
from proratio_signals.providers import NotConfiguredError
from proratio_signals.providers.remote import (
    FRAMING_TOKENS,
    MAX_OUTPUT_TOKENS,
    RemoteProvider,
    check_url,
    find_access,
    require_key,
)
from proratio_signals.providers.reply import Reply
from tests.wire.asking import abstained, some_prompt, voter
from tests.wire.fake_providers import opinion_text

PRICE = Price(
    since=date(2024, 1, 1), input_usd=1.0, output_usd=10.0, source="test", read_on=date(2024, 1, 1)
)
MODEL = Model(provider="test", id="m", prices=(PRICE,))
CLOCK = FixedClock(datetime(2024, 6, 1, tzinfo=UTC))


class ScriptedWire:
    def __init__(self, respond: Callable[[], str]) -> None:
        self._respond = respond
        self.closed = False

    async def send(self, prompt: Prompt, *, timeout_s: float) -> str:
        return self._respond()

    async def probe(self, *, timeout_s: float) -> None:
        await self.send(some_prompt(), timeout_s=timeout_s)

    def read(self, body: str | bytes) -> Reply:
        if body == "other":
            raise ProviderError("the response does not have the shape of its API")
        return Reply(str(body), served_model="m-1", usage=Usage(100, 10))

    def explain(self, error: Exception) -> Abstention | None:
        if isinstance(error, ConnectionError):
            return Abstention(AbstentionKind.CONNECTION, "gone")
        return None

    async def close(self) -> None:
        self.closed = True


class SilentWire(ScriptedWire):
    cancelled = False

    async def send(self, prompt: Prompt, *, timeout_s: float) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return ""


def raising(error: Exception) -> Callable[[], str]:
    def respond() -> str:
        raise error

    return respond


def ask(wire: ScriptedWire, *, deadline_s: float = 1.0) -> Answer:
    provider = RemoteProvider(wire, MODEL, clock=CLOCK)
    return asyncio.run(provider.ask(some_prompt(), deadline_s=deadline_s))


def test_a_good_response_carries_opinion_model_tokens_and_cost() -> None:
    answer = ask(ScriptedWire(opinion_text))
    assert isinstance(answer.result, Opinion)
    assert (answer.served_model, answer.usage) == ("m-1", Usage(100, 10))
    assert answer.cost_usd == pytest.approx(0.0002)


def test_an_invalid_answer_still_costs_what_it_used() -> None:
    answer = ask(ScriptedWire(lambda: "no idea"))
    assert abstained(answer).kind is AbstentionKind.INVALID
    assert answer.cost_usd == pytest.approx(0.0002)


def test_another_shape_is_invalid() -> None:
    assert abstained(ask(ScriptedWire(lambda: "other"))).kind is AbstentionKind.INVALID


def test_an_exception_the_wire_knows_is_its_abstention() -> None:
    found = abstained(ask(ScriptedWire(raising(ConnectionError("secret")))))
    assert found == Abstention(AbstentionKind.CONNECTION, "gone")


def test_an_exception_the_wire_does_not_know_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        ask(ScriptedWire(raising(ZeroDivisionError())))


def test_a_late_response_is_cancelled_and_abstains() -> None:
    wire = SilentWire(opinion_text)
    found = abstained(ask(wire, deadline_s=0.05))
    assert found.kind is AbstentionKind.TIMEOUT
    assert "0.05 s" in found.detail
    assert wire.cancelled


@pytest.mark.parametrize(
    "changes",
    [{"reasoning": "by key-1"}, {"factors": ["key-1"]}, {"risks": ["a", "bkey-1c"]}, {"action": 7}],
)
def test_an_answer_that_tells_its_key_is_thrown_away(changes: dict[str, object]) -> None:
    class Telling(ScriptedWire):
        def read(self, body: str | bytes) -> Reply:
            served = "m-key-1" if "action" in changes else "m-1"
            return Reply(str(body), served_model=served, usage=Usage(100, 10))

    wire = Telling(lambda: opinion_text(**(changes | {"action": "BUY"})))
    provider = RemoteProvider(wire, MODEL, secret="key-1", clock=CLOCK)
    answer = asyncio.run(provider.ask(some_prompt(), deadline_s=1.0))
    assert abstained(answer).kind is AbstentionKind.INVALID
    assert "key-1" not in repr(answer)
    assert answer.cost_usd == pytest.approx(0.0002)  # it was paid for all the same


def test_an_abstention_that_tells_its_key_loses_its_words() -> None:
    wire = ScriptedWire(raising(ConnectionError()))
    wire.explain = lambda error: Abstention(AbstentionKind.FAILED, "ended as 'key-1'")  # type: ignore[method-assign]
    provider = RemoteProvider(wire, MODEL, secret="key-1", clock=CLOCK)
    answer = asyncio.run(provider.ask(some_prompt(), deadline_s=1.0))
    assert "key-1" not in repr(answer)


def test_access_is_model_key_and_address_and_shows_none_of_them(tmp_path: Path) -> None:
    seat = voter("openai", "gpt-6.1-terra")
    access = find_access(
        "openai",
        seat,
        Settings(PRORATIO_USER_DATA=tmp_path),
        key=SecretStr("sk-canary"),
        url="http://127.0.0.1/v1",
    )
    assert (access.model.id, access.key, access.url) == (
        seat.model,
        "sk-canary",
        "http://127.0.0.1/v1",
    )
    assert "canary" not in repr(access)


def test_closing_closes_the_wire() -> None:
    wire = ScriptedWire(opinion_text)
    asyncio.run(RemoteProvider(wire, MODEL).close())
    assert wire.closed


@pytest.mark.parametrize("secret", [None, SecretStr(""), SecretStr("  ")])
def test_a_missing_key_names_its_variable_and_voter(secret: SecretStr | None) -> None:
    with pytest.raises(NotConfiguredError, match=r"'claude' needs ANTHROPIC_API_KEY"):
        require_key(secret, variable="ANTHROPIC_API_KEY", voter="claude")


@pytest.mark.parametrize("key", ["sk-canary two", "sk-canary\u200b", "sk-canary\nx"])
def test_a_mangled_key_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(ConfigurationError, match="copy the key again") as caught:
        require_key(SecretStr(key), variable="OPENAI_API_KEY", voter="chatgpt")
    assert "canary" not in str(caught.value)


def test_a_key_loses_only_its_margins() -> None:
    key = require_key(SecretStr(" sk-1\n"), variable="OPENAI_API_KEY", voter="chatgpt")
    assert key == "sk-1"


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://host/v1", "http://", "user:canary@host"])
def test_an_address_that_is_not_http_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL is not an HTTP") as caught:
        check_url(url, variable="OPENAI_BASE_URL")
    assert "canary" not in str(caught.value)


def test_an_address_is_optional() -> None:
    assert check_url(None, variable="OPENAI_BASE_URL") is None
    assert check_url("http://127.0.0.1/v1", variable="OPENAI_BASE_URL") == "http://127.0.0.1/v1"


@pytest.mark.parametrize("user", ["", "x" * 3_000, "Ω" * 500])
def test_the_worst_case_covers_a_token_a_byte_and_the_longest_answer(user: str) -> None:
    prompt = replace(some_prompt(), system="", user=user)
    provider = RemoteProvider(ScriptedWire(opinion_text), MODEL, clock=CLOCK)

    input_usd = (len(user.encode()) + FRAMING_TOKENS) / 1e6
    assert provider.worst_case_usd(prompt) == pytest.approx(input_usd + MAX_OUTPUT_TOKENS * 1e-5)


def _probe(wire: ScriptedWire, *, timeout_s: float = 1.0) -> Abstention | None:
    return asyncio.run(RemoteProvider(wire, MODEL, clock=CLOCK).probe_access(timeout_s=timeout_s))


def test_access_is_there_or_says_why_not() -> None:
    assert _probe(ScriptedWire(opinion_text)) is None
    gone = _probe(ScriptedWire(raising(ConnectionError())))
    assert gone == Abstention(AbstentionKind.CONNECTION, "gone")
    late = _probe(SilentWire(opinion_text), timeout_s=0.05)
    assert late == Abstention(AbstentionKind.TIMEOUT, "no answer within 0.05 s")


def test_what_no_sdk_raises_while_probing_is_a_fault_of_ours() -> None:
    with pytest.raises(ZeroDivisionError):
        _probe(ScriptedWire(raising(ZeroDivisionError())))
