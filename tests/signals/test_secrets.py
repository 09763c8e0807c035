"""No key is ever seen outside a request: not in a log at any level, an answer or an exception."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.wire.asking import ask_once, voter
from tests.wire.fake_providers import CANARIES, FakeProviders

SHOWN_BY_SERVERS = ("400", "401", "403", "404", "429", "500", "reset", "garbage", "shape", "silent")


@pytest.mark.parametrize("provider", CANARIES)
def test_a_key_echoed_by_the_server_reaches_no_log_and_no_answer(
    fake: FakeProviders, tmp_path: Path, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = fake.settings(tmp_path)
    with caplog.at_level(logging.DEBUG):
        answers = [
            ask_once(voter(provider, f"fault-{fault}"), settings, deadline_s=1.0)
            for fault in SHOWN_BY_SERVERS
        ]
    assert {call.key for call in fake.calls} == {CANARIES[provider]}
    assert caplog.records
    assert not any(canary in caplog.text for canary in CANARIES.values())
    assert not any(canary in repr([answers, settings]) for canary in CANARIES.values())


def test_a_mangled_key_is_not_quoted_by_the_error(fake: FakeProviders, tmp_path: Path) -> None:
    settings = fake.settings(tmp_path, OPENAI_API_KEY="sk-canary two words")
    with pytest.raises(Exception, match="OPENAI_API_KEY") as caught:
        ask_once(voter("openai", "fault-refusal"), settings)
    chain, error = [], caught.value
    while error is not None:
        chain.append(repr(error))
        error = error.__cause__ or error.__context__
    assert "canary" not in "".join(chain)
