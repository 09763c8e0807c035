from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pytest

from proratio_signals.batches.collecting import settlements_of
from proratio_signals.calls import UNANSWERED, Settlement
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Usage
from proratio_signals.prompts import Prompt
from proratio_signals.providers.batching import BatchLine
from tests.signals.samples import said

TODAY = date(2026, 11, 27)
UNSETTLED = {"a": (1, 0.10), "b": (2, 0.10)}


@dataclass
class Reader:
    """Reads every body as the same answer."""

    answer: Answer
    batches: None = None

    def batch_worst_case_usd(self, prompt: Prompt, *, on: date) -> float:
        return 0.1

    def batch_answer(self, body: str, *, on: date, latency_s: float) -> Answer:
        return self.answer


def settle(lines: Iterable[BatchLine], answer: Answer | None = None) -> list[Settlement]:
    reader = Reader(answer or said(Action.BUY, 0.9))
    return list(settlements_of(lines, UNSETTLED, reader, on=TODAY, latency_s=20.0))


def test_an_answer_is_charged_what_its_tokens_cost_and_kept() -> None:
    (settled,) = settle([BatchLine("a", body="{}")])

    assert settled[:5] == (1, 0.001, "OPINION", 10, 5)
    assert json.loads(settled.answer or "")["opinion"]["action"] == "BUY"


def test_lines_of_other_calls_and_repeated_ones_are_passed_over() -> None:
    lines = [BatchLine("x", body="{}"), *[BatchLine("b", body="{}")] * 2]

    assert [settled.id for settled in settle(lines)] == [2]


def test_an_answer_without_token_counts_is_charged_in_full() -> None:
    invalid = Answer(Abstention(AbstentionKind.INVALID, "no"), "", Usage(), 1.0, None)

    (settled,) = settle([BatchLine("a", body="{}")], invalid)

    assert settled[:3] == (1, 0.10, "INVALID")


@pytest.mark.parametrize(
    "failure",
    [None, Abstention(AbstentionKind.AUTHENTICATION, "HTTP 401")],
)
def test_a_call_that_was_not_carried_out_stays_open_and_costs_nothing(
    failure: Abstention | None,
) -> None:
    (settled,) = settle([BatchLine("a", failure=failure)])

    assert settled == Settlement(1, 0.0, UNANSWERED, None, None, None)


def test_a_call_its_provider_refused_is_an_abstention_that_costs_nothing() -> None:
    failure = Abstention(AbstentionKind.FAILED, "HTTP 400: no")

    (settled,) = settle([BatchLine("a", failure=failure)])

    assert settled[:3] == (1, 0.0, "FAILED")
    assert json.loads(settled.answer or "")["detail"] == "HTTP 400: no"
