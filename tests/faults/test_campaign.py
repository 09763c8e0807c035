"""300 seeded faults through the real parts, and proof that what they must not do is noticed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import pytest

from proratio_signals import cache, consult
from proratio_signals.caps import Book
from proratio_signals.client import SignalClient
from proratio_signals.opinions import Abstention, Action, Opinion
from proratio_signals.profile import Quorum
from proratio_signals.providers import remote, reply
from proratio_signals.vote import tally
from proratio_tradehub.strategies import ConsensusStrategy
from tests.faults.campaign import play_round, run_campaign
from tests.faults.report import Breach, Report
from tests.faults.rounds import WEIGHTS, Case, Manner, Round, Scene, Voice
from tests.faults.stage import PAIRS, Stage, staged
from tests.wire.seeded_texts import hostile_words

pytestmark = pytest.mark.slow

SEED = 20261127
SOUND = {name: Voice(name, "BUY", 0.9) for name in WEIGHTS}


@pytest.fixture(scope="module")
def stage(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("faults"), module_database_url) as stage:
        yield stage


def test_300_faults_enter_nothing_store_nothing_impossible_and_tell_no_secret(
    stage: Stage,
) -> None:
    report = Report(SEED)
    run_campaign(stage, report, count(), until=300)
    assert report.is_clean, str(report)
    assert report.faults >= 300
    layers = {kind.split()[0] for kind in report.injected}
    assert {"LLM", "Redis"} <= layers
    assert report.due > 50


_numbers = count(1_000_000)
"""Rounds of these tests are not those of the campaign."""


def played(stage: Stage, *voices: dict[str, Voice], **changes: Any) -> Report:
    """Play a round of these cases, each on a pair of its own."""
    cases = tuple(Case(pair, voice) for pair, voice in zip(PAIRS, voices, strict=False))
    plan = Round(SEED, next(_numbers), Scene.ANSWERS, cases, **changes)
    report = Report(SEED)
    play_round(stage, plan, report)
    return report


def failing(provider: str, family: str, *, seed: str = "1") -> dict[str, Voice]:
    return {**SOUND, provider: Voice(seed, "BUY", 0.99, fault=family)}


def test_sound_votes_enter_and_a_failed_voter_prevents_it(stage: Stage) -> None:
    report = played(stage, SOUND, failing("gemini", "refusal"))
    assert report.is_clean, str(report)
    assert (report.entered, report.due) == (1, 1)


def test_open_positions_outlive_an_outage_and_keep_their_stops(stage: Stage) -> None:
    assert played(stage, *[SOUND] * 4).entered == 4
    before = stage.trader.stops()
    assert len(before) == 4
    assert all(stop > 0 for stop in before.values())
    for _ in range(10):  # nobody can be asked any more: the strategy's client is closed
        stage.trader.loop()
    assert stage.trader.stops() == before


def test_hostile_words_are_kept_as_they_are_and_decide_nothing(stage: Stage) -> None:
    hostile = {
        name: replace(voice, manner=Manner.HOSTILE, seed=f"hostile {name}")
        for name, voice in SOUND.items()
    }
    shouting = {name: replace(voice, action="HOLD") for name, voice in hostile.items()}
    report = played(stage, SOUND, hostile, shouting)
    assert report.is_clean, str(report)
    plain, loud = (stage.trader.entries()[str(pair)] for pair in PAIRS[:2])
    assert loud == pytest.approx(plain, rel=0.01)  # a step of the exchange
    assert str(PAIRS[2]) not in stage.trader.entries()
    words = hostile_words(Random("hostile openai"))
    rows = stage.auditor.rows(
        "SELECT reasoning, factors, risks FROM opinion WHERE provider = 'openai' "
        "ORDER BY vote_id DESC LIMIT 3"
    )
    assert (words["reasoning"], words["factors"], words["risks"]) in rows


def test_gate_that_lets_degraded_votes_through_is_caught(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = Quorum(minimum_voters=1)
    monkeypatch.setattr(
        consult, "tally", lambda given, **_: tally(given, threshold=0.3, quorum=lax)
    )
    report = played(stage, SOUND, failing("gemini", "refusal"))
    assert report.count(Breach.ENTRY) == 1
    assert f"make faults SEED={SEED} ONLY=" in str(report)


def test_the_seed_of_a_failure_replays_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    lax = Quorum(minimum_voters=1)
    monkeypatch.setattr(
        consult, "tally", lambda given, **_: tally(given, threshold=0.3, quorum=lax)
    )
    first, second = Report(99), Report(99)
    run_campaign(stage, first, [0])
    run_campaign(stage, second, [0])
    assert first.count(Breach.ENTRY) > 3
    assert sorted(first.breaches) == sorted(second.breaches)
    assert first.injected == second.injected


def test_parser_that_salvages_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = reply.parse_opinion

    def salvage(text: str) -> Opinion | Abstention:
        found = strict(text)
        if isinstance(found, Abstention) and re.search("BUY", text):
            return Opinion(Action.BUY, 0.9, 0.01, horizon_candles=1, reasoning="salvaged")
        return found

    monkeypatch.setattr(reply, "parse_opinion", salvage)
    report = played(stage, SOUND, failing("openai", "text: wrapped"))
    assert report.count(Breach.BALLOT) == report.count(Breach.ENTRY) == 1


def test_cache_that_believes_anybody_is_caught(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = failing("openai", "refusal")
    assert played(stage, refused, SOUND, forges=True).is_clean
    monkeypatch.setattr(cache.hmac, "compare_digest", lambda *_: True)
    assert played(stage, refused, SOUND, forges=True).count(Breach.ENTRY) == 1


def test_budget_that_always_grants_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    dear = {name: replace(voice, manner=Manner.RUNAWAY) for name, voice in SOUND.items()}
    changes = {"daily_usd": 0.15}
    assert played(stage, *[dear] * 3, **changes).count(Breach.BUDGET) == 0
    monkeypatch.setattr(Book, "take", lambda *_, **__: None)
    assert played(stage, *[dear] * 3, **changes).count(Breach.BUDGET) > 0


def test_key_in_a_reasoning_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_words", lambda _: ())
    report = played(stage, *[failing("openai", "key echoed", seed=str(n)) for n in range(4)])
    assert report.count(Breach.SECRET) > 0


def test_key_in_a_log_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    import logging  # noqa: PLC0415

    poll = SignalClient.poll

    def telling(self: SignalClient) -> None:
        logging.getLogger("telling").warning("polling %s", stage.fake.keys["openai"])
        poll(self)

    monkeypatch.setattr(SignalClient, "poll", telling)
    assert played(stage, SOUND).count(Breach.SECRET) >= 1


def _certain(self: ConsensusStrategy, pair: str, entry_tag: str | None) -> float:
    return 1.0 if _confidence(self, pair, entry_tag) else 0.0


_confidence = ConsensusStrategy.confidence


@pytest.mark.parametrize(
    ("broken", "breach"),
    [(_certain, Breach.SIZE), (lambda *_: 0.0, Breach.CONTROL)],
    ids=["full stakes", "nothing enters"],
)
def test_wrong_stakes_and_a_gate_that_never_opens_are_caught(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[..., float],
    breach: Breach,
) -> None:
    monkeypatch.setattr(ConsensusStrategy, "confidence", broken)
    report = played(stage, SOUND)
    assert report.count(breach) == 1
    assert not report.is_clean


def test_infinite_numbers_in_the_database_are_found(stage: Stage) -> None:
    played(stage, SOUND)
    assert stage.auditor.non_finite() == []
    stage.auditor.rows(
        "UPDATE spending SET reserved_usd = 'NaN' WHERE id = (SELECT max(id) FROM spending) "
        "RETURNING id"
    )
    assert stage.auditor.non_finite() == ["1 in spending"]
    stage.auditor.rows(
        "UPDATE spending SET reserved_usd = 1 WHERE id = (SELECT max(id) FROM spending) "
        "RETURNING id"
    )
