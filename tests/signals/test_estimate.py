from __future__ import annotations

import pytest

from proratio_signals.estimate import (
    ASSUMED_OUTPUT_TOKENS,
    LEAST_ANSWERS,
    Estimate,
    Habit,
    estimate,
    expected_input_tokens,
)
from proratio_signals.models import Model, load_models
from proratio_signals.profile import load_profile
from proratio_signals.providers.remote import worst_usage
from proratio_signals.snapshot import Windows
from proratio_signals.wording import prompts_for
from tests.signals.samples import BTC, START, candle_frame, close_of

DAY = START.date()
CONSENSUS, OFFLINE = load_profile("consensus"), load_profile("offline")
MODELS = load_models()
WINDOWS = Windows(candle_frame(400), BTC)
PROMPTS = [prompts_for(CONSENSUS, WINDOWS.at(close_of(index))) for index in range(300, 310)]
GPT = ("openai", "gpt-6.1-terra", "technical")


def _registered() -> dict[str, Model | None]:
    return {v.name: MODELS.find(v.provider, v.model) for v in CONSENSUS.voters}


def _estimate(habits: dict[tuple[str, str, str], Habit] | None = None) -> Estimate:
    return estimate(PROMPTS, CONSENSUS, models=_registered(), habits=habits or {}, on=DAY)


def test_worst_case_is_what_the_budget_sets_aside_call_by_call() -> None:
    worst_usd = 0.0
    for prompts in PROMPTS:
        for name, model in _registered().items():
            assert model is not None
            worst_usd += model.cost_usd(worst_usage(prompts[name]), on=DAY) or 0.0

    assert _estimate().worst_usd == pytest.approx(worst_usd)


def test_expected_cost_is_tokens_times_the_registered_price() -> None:
    gpt = _estimate().voters[0]

    assert (gpt.voter, gpt.model, gpt.calls) == ("chatgpt", "gpt-6.1-terra", 10)
    assert gpt.input_tokens == sum(expected_input_tokens(p["chatgpt"]) for p in PROMPTS)
    assert gpt.output_tokens == 10 * ASSUMED_OUTPUT_TOKENS
    assert gpt.expected_usd == pytest.approx(
        (gpt.input_tokens * 1.0 + gpt.output_tokens * 5.0) / 1e6
    )
    assert gpt.measured_answers == 0


def test_in_batches_the_same_tokens_cost_the_batch_price() -> None:
    batches = estimate(
        PROMPTS, CONSENSUS, models=_registered(), habits={}, on=DAY, batched=["chatgpt"]
    )

    gpt, claude = batches.voters[:2]
    assert gpt.expected_usd == pytest.approx(
        (gpt.input_tokens * 0.50 + gpt.output_tokens * 2.50) / 1e6
    )
    assert gpt.worst_usd == pytest.approx(_estimate().voters[0].worst_usd / 2)
    assert claude == _estimate().voters[1]


def test_earlier_answers_replace_the_rule_of_thumb_when_there_are_enough() -> None:
    few = Habit(LEAST_ANSWERS - 1, 1.0, 1.0)
    enough = Habit(LEAST_ANSWERS, 2_000.5, 300.0)

    assert _estimate({GPT: few}) == _estimate()
    measured = _estimate({GPT: enough}).voters[0]
    assert (measured.input_tokens, measured.output_tokens) == (20_005, 3_000)
    assert measured.measured_answers == LEAST_ANSWERS
    assert measured.worst_usd == _estimate().voters[0].worst_usd


def test_totals_are_the_sums_over_the_voters() -> None:
    total = _estimate()

    assert total.input_tokens == sum(voter.input_tokens for voter in total.voters)
    assert total.output_tokens == 30 * ASSUMED_OUTPUT_TOKENS
    assert total.expected_usd == pytest.approx(sum(v.expected_usd for v in total.voters))
    assert 0 < total.expected_usd < total.worst_usd


def test_rules_use_and_cost_nothing() -> None:
    prompts = [prompts_for(OFFLINE, WINDOWS.at(close_of(300)))]
    models: dict[str, Model | None] = dict.fromkeys(voter.name for voter in OFFLINE.voters)

    free = estimate(prompts, OFFLINE, models=models, habits={}, on=DAY)

    assert [voter.calls for voter in free.voters] == [1, 1, 1]
    assert (free.input_tokens, free.output_tokens, free.worst_usd) == (0, 0, 0.0)


def test_nothing_to_ask_costs_nothing() -> None:
    empty = estimate([], CONSENSUS, models=_registered(), habits={}, on=DAY)

    assert (empty.expected_usd, empty.worst_usd) == (0.0, 0.0)


def test_rule_of_thumb_lies_between_a_quarter_and_all_of_the_bound() -> None:
    for prompts in PROMPTS:
        for prompt in prompts.values():
            bound = worst_usage(prompt)
            assert bound.input_tokens is not None
            assert bound.input_tokens / 4 < expected_input_tokens(prompt) < bound.input_tokens
