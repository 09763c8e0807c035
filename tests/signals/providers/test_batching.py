from __future__ import annotations

import json

import pytest

from proratio_core.settings import Settings
from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers import find_provider
from proratio_signals.providers.batching import (
    Batching,
    BatchLine,
    failed_line,
    json_lines,
    read_lines,
)
from proratio_signals.providers.rules import RulesVoter
from tests.wire.asking import voter


def test_what_is_written_as_lines_is_read_as_lines() -> None:
    documents = [{"key": "a", "text": "one\ntwo"}, {"key": "b", "text": "a\u2028b"}]

    assert list(read_lines(json_lines(documents))) == documents
    assert json_lines(documents).count(b"\n") == 2


def test_a_line_is_not_torn_at_marks_that_json_allows_inside_a_text() -> None:
    line = json.dumps({"text": "a\u2028b\x85c"}, ensure_ascii=False).encode()

    assert list(read_lines(line)) == [{"text": "a\u2028b\x85c"}]


@pytest.mark.parametrize("line", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"1"])
def test_a_line_that_is_no_object_is_left_out(line: bytes) -> None:
    assert list(read_lines(line + b'\n{"key": "a"}\n')) == [{"key": "a"}]


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_call_that_met_an_outage_is_open(status: int) -> None:
    assert failed_line("a", status=status, message="busy") == BatchLine("a")


@pytest.mark.parametrize(
    ("status", "kind"), [(400, AbstentionKind.FAILED), (401, AbstentionKind.AUTHENTICATION)]
)
def test_a_call_that_was_refused_says_why_without_the_key(
    status: int, kind: AbstentionKind
) -> None:
    line = failed_line("a", status=status, message="bad sk-1", secret="sk-1")

    assert line.failure is not None
    assert line.failure.kind is kind
    assert "sk-1" not in line.failure.detail


def test_the_three_services_have_batches_and_others_do_not(tmp_path: object) -> None:
    settings = Settings(
        OPENAI_API_KEY="k",
        ANTHROPIC_API_KEY="k",
        GEMINI_API_KEY="k",
        PRORATIO_COMPATIBLE_BASE_URL="http://localhost:1/v1",
    )
    models = {
        "openai": "gpt-6.1-terra",
        "anthropic": "claude-sonnet-5-5",
        "gemini": "gemini-3.8-flash",
        "compatible": "llama",
    }
    able = {}
    for name, model in models.items():
        provider = find_provider(name)(voter(name, model), settings)
        assert isinstance(provider, Batching)
        able[name] = provider.batches is not None

    assert able == {"openai": True, "anthropic": True, "gemini": True, "compatible": False}
    assert not isinstance(RulesVoter, Batching)
