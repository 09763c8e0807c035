from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.archive import export_ledger, import_ledger
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor
from proratio_signals.evidence import Evidence, examine
from proratio_signals.ledger import Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action, Answer, Opinion
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile, load_profile
from proratio_signals.providers.rules import RulesVoter
from proratio_signals.questions import Question
from tests.signals.archives import NOW
from tests.signals.samples import (
    BTC,
    CountingProvider,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

QUESTION = Question(BTC, close_of(300))


def _talk(reasoning: str) -> Answer:
    answer = said(Action.BUY, 0.9)
    assert isinstance(answer.result, Opinion)
    return replace(answer, result=replace(answer.result, reasoning=reasoning))


def _vote(database: Database, profile: Profile, seat: CountingProvider) -> LedgerVote:
    CandleStore(database).write(BTC, candle_frame(400))

    async def decide() -> LedgerVote:
        clock = FixedClock(close_of(400))
        panel = Panel(profile, {voter.name: seat for voter in profile.voters})
        parts = {"store": CandleStore(database), "ledger": Ledger(database), "clock": clock}
        cache = VoteCache(None, secret=b"k" * 32, clock=clock)
        advisor = Advisor(profile, panel, cache=cache, **parts)
        return await advisor.decide(QUESTION, origin=Origin.BACKFILL)

    return asyncio.run(decide())


def _examined(database: Database, vote: LedgerVote) -> Evidence:
    return examine(database, vote, Ledger(database).ballots(vote.id))


@pytest.mark.parametrize("blinding", [False, True])
def test_prompts_are_rebuilt_word_for_word_on_another_machine(
    database: Database, elsewhere: Database, tmp_path: Path, *, blinding: bool
) -> None:
    profile = panel_profile(blinding=blinding)
    seat = CountingProvider(said(Action.BUY, 0.9))
    _vote(database, profile, seat)
    export_ledger(database, tmp_path / "ledger.parquet")
    import_ledger(elsewhere, tmp_path / "ledger.parquet", now=NOW)
    (vote,) = Ledger(elsewhere).votes(BTC, profile.hash)

    evidence = _examined(elsewhere, vote)

    for exhibit, asked in zip(evidence.exhibits.values(), seat.asked, strict=True):
        assert exhibit.prompt is not None
        assert (exhibit.prompt.system, exhibit.prompt.user) == (asked.system, asked.user)
    assert (evidence.mask is not None) is blinding


def test_numbers_that_were_not_shown_are_found(database: Database) -> None:
    vote = _vote(database, panel_profile(), CountingProvider(_talk("a rally of 345.6% to 1.5M")))

    exhibits = _examined(database, vote).exhibits.values()

    for exhibit in exhibits:
        assert exhibit.citations is not None
        assert exhibit.citations.unfounded == ("345.6%", "1.5M")


def test_mask_says_what_blind_prices_were_worth(database: Database) -> None:
    profile = panel_profile(blinding=True)
    vote = _vote(database, profile, CountingProvider(said(Action.BUY, 0.9)))

    mask = _examined(database, vote).mask

    assert mask is not None
    assert mask.price(100.0) == pytest.approx(candle_frame(301)["close"].iloc[-1])
    assert mask.as_of == QUESTION.as_of


def test_abstentions_and_rules_have_a_prompt_but_no_citations(database: Database) -> None:
    vote = _vote(database, panel_profile(), CountingProvider(silent()))
    exhibits = list(_examined(database, vote).exhibits.values())
    offline = load_profile("offline")
    seats = {voter.name: RulesVoter(voter) for voter in offline.voters}

    async def decide() -> LedgerVote:
        clock = FixedClock(close_of(400))
        cache = VoteCache(None, secret=b"k" * 32, clock=clock)
        store, ledger = CandleStore(database), Ledger(database)
        panel = Panel(offline, seats)
        advisor = Advisor(offline, panel, store=store, ledger=ledger, cache=cache, clock=clock)
        return await advisor.decide(QUESTION, origin=Origin.BACKFILL)

    exhibits += _examined(database, asyncio.run(decide())).exhibits.values()

    assert len(exhibits) == 6
    assert all(exhibit.prompt is not None for exhibit in exhibits)
    assert {exhibit.citations for exhibit in exhibits} == {None}


def test_prompt_of_other_templates_is_not_claimed(database: Database) -> None:
    vote = _vote(database, panel_profile(), CountingProvider(said(Action.BUY, 0.9)))
    ballots = [
        replace(ballot, prompt_hash="0" * 64) for ballot in Ledger(database).ballots(vote.id)
    ]

    exhibits = examine(database, vote, ballots).exhibits.values()

    assert {(exhibit.prompt, exhibit.citations) for exhibit in exhibits} == {(None, None)}


def test_profile_of_a_template_that_is_gone_is_no_error(database: Database) -> None:
    document = panel_profile().model_dump()
    for voter in document["voters"]:
        voter["prompt_version"] = "v9"
    gone = Profile(**document)
    vote = _vote(database, panel_profile(), CountingProvider(said(Action.BUY, 0.9)))
    (ballot, *_) = Ledger(database).ballots(vote.id)
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO profile (hash, name, document) VALUES (%s, 'gone', %s)",
            (gone.hash, gone.model_dump_json()),
        )
        cursor.execute(
            "INSERT INTO vote (series_id, profile_id, as_of, available_at, origin, action, score, "
            "dissent, participation, degraded, snapshot_hash) SELECT series_id, (SELECT max(id) "
            "FROM profile), as_of, available_at, origin, action, score, dissent, participation, "
            "degraded, snapshot_hash FROM vote RETURNING id"
        )
        (number,) = cursor.fetchone() or (0,)

    evidence = examine(database, replace(vote, id=number), [ballot])

    assert evidence.exhibits[ballot.voter.name].prompt is None


def test_unknown_vote_has_no_evidence(database: Database) -> None:
    vote = _vote(database, panel_profile(), CountingProvider(said(Action.BUY, 0.9)))

    assert examine(database, replace(vote, id=vote.id + 1), []).exhibits == {}
