from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_signals.opinions import (
    MAX_HORIZON_CANDLES,
    MAX_ITEM_CHARS,
    MAX_ITEMS,
    MAX_REASONING_CHARS,
    Abstention,
    AbstentionKind,
    Opinion,
)
from proratio_signals.providers.answer_schema import ANSWER_SCHEMA, parse_opinion
from tests.wire.fake_providers import opinion_text


def assert_never_outside_its_ranges(result: Opinion | Abstention) -> None:
    if isinstance(result, Abstention):
        assert result.kind is AbstentionKind.INVALID
        assert result.detail
        return
    assert type(result.confidence) is float
    assert 0 <= result.confidence <= 1
    assert math.isfinite(result.expected_return_frac)
    assert -1 <= result.expected_return_frac <= 1
    assert type(result.horizon_candles) is int
    assert 1 <= result.horizon_candles <= MAX_HORIZON_CANDLES
    assert 0 < len(result.reasoning) <= MAX_REASONING_CHARS
    for item in (*result.factors, *result.risks):
        assert 0 < len(item) <= MAX_ITEM_CHARS
        item.encode()
    result.reasoning.encode()


def test_a_valid_answer_is_an_opinion() -> None:
    result = parse_opinion(opinion_text(confidence=1, action="SELL"))
    assert isinstance(result, Opinion)
    assert (result.action.value, result.confidence) == ("SELL", 1.0)


def test_limits_themselves_are_valid() -> None:
    text = opinion_text(
        confidence=0,
        expected_return_frac=-1,
        horizon_candles=MAX_HORIZON_CANDLES,
        reasoning="x" * MAX_REASONING_CHARS,
        factors=["f" * MAX_ITEM_CHARS] * MAX_ITEMS,
        risks=[],
    )
    assert isinstance(parse_opinion(text), Opinion)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (opinion_text(confidence=1.0000001), "confidence"),
        (opinion_text(expected_return_frac=-1.01), "expected_return_frac"),
        (opinion_text(horizon_candles=0), "horizon_candles"),
        (opinion_text(horizon_candles=3.0), "horizon_candles"),
        (opinion_text(horizon_candles=10**400), "horizon_candles"),
        (opinion_text(reasoning=""), "reasoning"),
        (opinion_text(reasoning="   "), "reasoning"),
        (opinion_text(reasoning="x" * (MAX_REASONING_CHARS + 1)), "reasoning"),
        (opinion_text(factors=["x"] * (MAX_ITEMS + 1)), "factors"),
        (opinion_text(risks=[""]), "risks"),
        (opinion_text(risks="none"), "risks"),
        (opinion_text(action="buy"), "action"),
        (opinion_text(confidence=None), "confidence"),
        (opinion_text()[:-1] + ', "action": "SELL"}', "twice"),
        (opinion_text() + " I hope this helps.", "JSON"),
        (opinion_text() * 2, "JSON"),
        (opinion_text(reasoning="x" * 200_000), "characters"),
        ("[" * 20_000, "JSON"),
        ("", "JSON"),
        ("null", "object"),
    ],
)
def test_an_invalid_answer_abstains_and_says_where(text: str, reason: str) -> None:
    result = parse_opinion(text)
    assert isinstance(result, Abstention)
    assert result.kind is AbstentionKind.INVALID
    assert reason in result.detail
    assert len(result.detail) < 400


def test_the_schema_asks_for_exactly_the_fields_of_an_opinion() -> None:
    assert tuple(ANSWER_SCHEMA["properties"]) == Opinion.__match_args__
    assert ANSWER_SCHEMA["required"] == list(Opinion.__match_args__)
    assert ANSWER_SCHEMA["additionalProperties"] is False


def test_the_schema_keeps_to_what_every_provider_accepts() -> None:
    keywords = {key for value in ANSWER_SCHEMA["properties"].values() for key in value}
    assert keywords <= {"type", "enum", "description", "items"}


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.sampled_from(["BUY", "SELL", "HOLD", "buy", "0.5", "NaN"])
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(field=st.sampled_from(Opinion.__match_args__), value=_JSON)
def test_any_value_in_any_field_stays_within_its_range_or_abstains(
    field: str, value: object
) -> None:
    assert_never_outside_its_ranges(parse_opinion(opinion_text(**{field: value})))


@settings(max_examples=200, deadline=None)
@given(document=_JSON | st.dictionaries(st.sampled_from(Opinion.__match_args__), _JSON))
def test_any_document_stays_within_its_ranges_or_abstains(document: object) -> None:
    assert_never_outside_its_ranges(parse_opinion(json.dumps(document)))


def test_600_mutated_bodies_never_leave_their_ranges() -> None:
    rng = random.Random(20_240_601)
    pieces = ["", "}", "{", '"', ",", "1e999", "-", "NaN", "true", "\x00", "\\u0000", "9", "e", "."]
    opinions = 0
    for _ in range(600):
        text = opinion_text()
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(text))
            end = min(len(text), start + rng.randint(0, 3))
            text = text[:start] + rng.choice(pieces) + text[end:]
        result = parse_opinion(text)
        assert_never_outside_its_ranges(result)
        opinions += isinstance(result, Opinion)
    assert 0 < opinions < 600  # mutations of the prose are harmless, the others are caught
