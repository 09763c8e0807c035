"""Votes counted as they are given; condition and money as they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import generate_latest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.health import Condition, Health
from proratio_signals.opinions import Action
from proratio_signals.queue import QuestionQueue
from proratio_tradehub.metrics.votes import (
    VoteCounters,
    condition_samples,
    money_samples,
    service_sources,
    waiting_samples,
)
from tests.scraping import value_of
from tests.signals.archives import DEGRADED, PROFILE, decision
from tests.signals.inquiries import inquiry
from tests.signals.samples import said
from tests.signals.test_reservations import Desk, wish
from tests.signals.wrappers.scripted import failed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _text(counters: VoteCounters) -> str:
    return generate_latest(counters.registry).decode()


def test_votes_opinions_and_abstentions_are_counted() -> None:
    counters = VoteCounters(PROFILE)
    name, provider = PROFILE.name, PROFILE.voters[0].provider
    nothing = f'proratio_votes_total{{action="SELL",degraded="false",profile="{name}"}}'
    assert value_of(_text(counters), nothing) == 0.0
    counters.add(decision(300))
    counters.add(decision(301, answers=DEGRADED))
    text = _text(counters)
    assert f'action="BUY",degraded="false",profile="{name}"}} 1.0' in text
    assert f'degraded="true",profile="{name}"}} 1.0' in text
    refused = f'proratio_abstentions_total{{kind="REFUSED",provider="{provider}"}}'
    assert value_of(text, refused) == 1.0
    bought = f'proratio_opinions_total{{action="BUY",provider="{provider}"}}'
    assert value_of(text, bought) == 3.0
    calls = f'proratio_call_duration_seconds_count{{provider="{provider}"}}'
    assert value_of(text, calls) == 6.0


def test_a_vote_that_cannot_be_counted_costs_nobody_an_answer() -> None:
    nonsense: Any = object()
    VoteCounters(PROFILE).add(_Odd(nonsense))  # type: ignore[arg-type]


class _Odd:
    question = "a question"

    def __init__(self, consensus: object) -> None:
        self.consensus = consensus


def test_the_condition_is_one_of_three() -> None:
    report = Health("offline", "ab", 1, Condition.DEGRADED, "", NOW, NOW, 4, 2, 1)
    told = {(name, labels): value for name, labels, value in condition_samples(report)}
    assert told["proratio_service_condition", ("offline", "degraded")] == 1.0
    assert told["proratio_service_condition", ("offline", "ready")] == 0.0
    assert told["proratio_questions_settled_total", ("offline", "failed")] == 2.0
    assert list(condition_samples(None)) == []


def test_money_and_breakers_are_told(database: Database) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish("a")), said(Action.BUY, 0.9), 1.25)
    for number in range(5):
        desk.settle(desk.granted(wish(str(number), provider="gemini")), failed(), 0.0)
    told = {
        (name, labels): value
        for name, labels, value in money_samples(database, desk.clock.now(), 5.0)
    }
    assert told["proratio_spending_today_usd", ()] == pytest.approx(1.25)
    assert told["proratio_spending_limit_usd", ()] == 5.0
    assert told["proratio_provider_breaker_state", ("gemini", "open")] == 1.0
    assert told["proratio_provider_failures_in_a_row", ("gemini",)] == 5.0


def test_questions_that_nobody_took_are_told(database: Database) -> None:
    QuestionQueue(database, PROFILE).submit(inquiry(240))
    assert list(waiting_samples(database, PROFILE)) == [
        ("proratio_questions_waiting", (PROFILE.name,), 1.0)
    ]


def test_a_database_that_is_away_leaves_the_condition_readable() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    clock = FixedClock(NOW + timedelta(hours=1))
    sources = service_sources(Settings(), away, PROFILE, lambda: None, clock=clock)
    assert list(sources["service"]()) == []
    with pytest.raises(Exception, match="cannot be reached"):
        list(sources["questions"]())
