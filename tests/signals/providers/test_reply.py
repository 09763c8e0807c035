from __future__ import annotations

import pytest

from proratio_core.errors import ProviderError
from proratio_signals.opinions import Abstention, AbstentionKind, Opinion
from proratio_signals.providers.reply import (
    Envelope,
    Reply,
    TokenCount,
    Words,
    read_envelope,
    refused,
    truncated,
)
from tests.wire.fake_providers import opinion_text


class Shape(Envelope):
    kind: str
    model: Words = ""
    tokens: TokenCount = None


@pytest.mark.parametrize("tokens", ["-1", "true", '"7"', "1.5", "1e999", "null", "99999999999"])
def test_a_senseless_token_count_is_unknown_and_costs_nothing_else(tokens: str) -> None:
    shape = read_envelope(Shape, f'{{"kind": "k", "tokens": {tokens}}}')
    assert shape.tokens is None


def test_a_served_model_is_cut_to_what_a_column_and_a_log_can_hold() -> None:
    shape = read_envelope(Shape, '{"kind": "k", "model": "a\\u0000b\\n' + "x" * 500 + '"}')
    assert shape.model.startswith("abxxx")
    assert len(shape.model) == 200


def test_unknown_keys_are_ignored() -> None:
    assert read_envelope(Shape, b'{"kind": "k", "new": 1}').kind == "k"


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"kind": 7}', '{"other": "canary"}'])
def test_another_shape_is_refused_without_quoting_the_body(body: str) -> None:
    with pytest.raises(ProviderError, match="does not have the shape") as caught:
        read_envelope(Shape, body)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_reply_that_ended_early_never_yields_its_text() -> None:
    assert isinstance(Reply(opinion_text()).result, Opinion)
    ended = Reply(opinion_text(), ended=truncated("cut")).result
    assert ended == Abstention(AbstentionKind.TRUNCATED, "cut")
    assert refused("no").kind is AbstentionKind.REFUSED
