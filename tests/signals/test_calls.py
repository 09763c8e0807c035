from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.calls import (
    answer_document,
    answer_from,
    call_key,
    charge_usd,
    outcome_of,
)
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Opinion, Usage
from tests.signals.samples import said
from tests.signals.wrappers.scripted import failed
from tests.wire.asking import some_prompt, voter

PROMPT = some_prompt()
SEAT = voter("openai", "m")
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50)
_ITEMS = st.lists(_TEXT.filter(str.strip), max_size=3).map(tuple)
_OPINIONS = st.builds(
    Opinion,
    action=st.sampled_from(Action),
    confidence=st.floats(0, 1),
    expected_return_frac=st.floats(-1, 1),
    horizon_candles=st.integers(1, 1_000),
    reasoning=_TEXT.filter(str.strip),
    factors=_ITEMS,
    risks=_ITEMS,
)
_ABSTENTIONS = st.builds(Abstention, st.sampled_from(AbstentionKind), _TEXT)


@given(st.one_of(_OPINIONS, _ABSTENTIONS), _TEXT, st.floats(0, 60), st.floats(0, 1))
def test_an_answer_is_read_back_to_the_last_bit(
    result: Opinion | Abstention, served: str, latency_s: float, cost_usd: float
) -> None:
    answer = Answer(result, served, Usage(7, 3), latency_s=latency_s, cost_usd=cost_usd)

    document = json.loads(answer_document(answer))

    assert answer_from(document, answer.usage, cost_usd=cost_usd) == answer


def test_what_postgresql_cannot_hold_is_replaced() -> None:
    answer = replace(failed(), served_model="a\x00\ud800")

    assert json.loads(answer_document(answer))["served_model"] == "a\ufffd?"


def test_the_same_call_has_the_same_name_and_any_other_another() -> None:
    name = call_key(PROMPT, SEAT, profile_hash="p")
    others = {
        call_key(replace(PROMPT, user="other"), SEAT, profile_hash="p"),
        call_key(PROMPT, voter("openai", "m", name="second"), profile_hash="p"),
        call_key(PROMPT, SEAT, profile_hash="q"),
        call_key(PROMPT, SEAT, profile_hash="p", occasion="sample 2"),
    }

    assert call_key(some_prompt(), SEAT, profile_hash="p") == name
    assert len(others | {name}) == 5


def test_a_known_cost_is_what_is_charged() -> None:
    assert charge_usd(said(Action.BUY, 0.9), reserved_usd=0.1) == 0.001


@pytest.mark.parametrize(("billable", "charged"), [(False, 0.0), (True, 0.1)])
def test_an_unknown_cost_is_the_reservation_unless_nothing_can_have_been_billed(
    billable: bool, charged: float
) -> None:
    assert charge_usd(failed(billable=billable), reserved_usd=0.1) == charged


def test_an_opinion_without_token_counts_is_charged_the_reservation() -> None:
    answer = replace(said(Action.BUY, 0.9), cost_usd=None)
    assert charge_usd(answer, reserved_usd=0.1) == 0.1


@pytest.mark.parametrize("cost_usd", [math.nan, math.inf, -1.0])
def test_a_cost_that_is_no_amount_is_charged_the_reservation(cost_usd: float) -> None:
    answer = replace(said(Action.BUY, 0.9), cost_usd=cost_usd)
    assert charge_usd(answer, reserved_usd=0.1) == 0.1


def test_an_outcome_is_an_opinion_or_why_there_is_none() -> None:
    assert outcome_of(said(Action.BUY, 0.9)) == "OPINION"
    assert outcome_of(failed(AbstentionKind.TIMEOUT)) == "TIMEOUT"
