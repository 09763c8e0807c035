from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from random import Random

from rich.console import Console
from rich.table import Table

from proratio_signals.blinding import Mask
from proratio_signals.citations import Citations
from proratio_signals.evidence import Evidence, Exhibit
from proratio_signals.ledger import LedgerVote, Origin
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Usage
from proratio_signals.profile import load_profile
from proratio_signals.prompts import render
from proratio_signals.questions import Question
from proratio_signals.snapshot import take_snapshot
from proratio_tradehub.cli.vote_view import (
    ballots_table,
    profile_label,
    vote_document,
    votes_table,
)
from tests.signals.samples import BTC, START, ballots, candle_frame, close_of, said
from tests.wire.seeded_texts import hostile_words

VOTE = LedgerVote(
    id=17,
    question=Question(BTC, START),
    profile_hash="p",
    attempt=1,
    action=Action.HOLD,
    score=0.55,
    dissent=0.25,
    participation=0.75,
    degraded=True,
    origin=Origin.LIVE,
    available_at=START + timedelta(seconds=2),
    recorded_at=START + timedelta(seconds=2),
    snapshot_hash="s",
)
MARKUP = Answer(
    Abstention(AbstentionKind.REFUSED, "[red]no[/] means no"), "", Usage(), 0.1, cost_usd=None
)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
PROMPT = render("risk", "v1", take_snapshot(candle_frame(300), BTC, close_of(280)))
CAST = ballots(said(Action.BUY, 0.8), said(Action.HOLD, 0.5), MARKUP)


def _text(table: Table) -> str:
    out = io.StringIO()
    Console(file=out, width=140).print(table)
    return out.getvalue()


def test_rules_are_never_shown_as_language_models() -> None:
    assert profile_label(load_profile("offline")) == "offline (rules, no language model)"
    assert profile_label(load_profile("consensus")) == "consensus"


def test_line_shows_action_score_and_that_it_is_degraded() -> None:
    text = _text(votes_table([VOTE], title="votes [of] BTC"))

    for part in (
        "votes [of] BTC",
        "17",
        "2024-01-01 00:00",
        "HOLD degraded",
        "0.550",
        "25%",
        "75%",
    ):
        assert part in text


def test_ballots_show_opinions_and_abstentions_as_text() -> None:
    text = _text(ballots_table(CAST))

    for part in ("voter-technical", "BUY", "0.80", "because", "abstained", "REFUSED"):
        assert part in text
    assert "[red]no[/] means no" in text


def test_hostile_words_are_shown_and_do_nothing() -> None:
    for seed in range(50):
        words = hostile_words(Random(seed))
        opinion = replace(
            said(Action.HOLD, 0.4).result,
            reasoning=words["reasoning"],
            factors=tuple(words["factors"]),
            risks=tuple(words["risks"]),
        )
        hostile = replace(said(Action.HOLD, 0.4), result=opinion)
        out = io.StringIO()
        terminal = Console(file=out, width=140, force_terminal=True, color_system=None)
        terminal.print(ballots_table(ballots(hostile, hostile, hostile)))
        drawn = out.getvalue()
        assert set(_ESCAPES.findall(drawn)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m"}  # the table's own
        assert _ESCAPES.sub("", drawn).replace("\n", "").isprintable()
        assert json.loads(json.dumps(vote_document(VOTE, ballots(hostile, hostile, hostile))))


def test_document_is_plain_json_with_every_ballot() -> None:
    document = json.loads(json.dumps(vote_document(VOTE, CAST)))

    assert document["as_of"] == "2024-01-01T00:00:00+00:00"
    assert (document["action"], document["score"], document["degraded"]) == ("HOLD", 0.55, True)
    first, _, last = document["ballots"]
    assert (first["name"], first["result"]["confidence"]) == ("voter-technical", 0.8)
    assert last["result"]["kind"] == "REFUSED"
    assert first["is_rules"] is False


def test_numbers_that_were_never_shown_stand_beside_the_answer() -> None:
    exhibits = {
        "voter-technical": Exhibit(PROMPT, Citations(("57.4", "71.3[/]"), ("71.3[/]",))),
        "voter-risk": Exhibit(PROMPT, Citations(("57.4",), ())),
    }
    evidence = Evidence(exhibits, Mask(BTC.pair, START, 431.7, 2.0))

    text = _text(ballots_table(CAST, evidence))
    document = json.loads(json.dumps(vote_document(VOTE, CAST, evidence)))

    assert "numbers cited: 2, never shown: 1 (71.3[/])" in text
    assert "numbers cited: 1, all of them shown" in text
    assert "asked blind: ASSET is BTC, CASH is USDT, a price of 1 is 431.7 USDT" in text
    assert document["blind_price_unit"] == 431.7
    first, _, last = document["ballots"]
    assert first["citations"] == {"cited": ["57.4", "71.3[/]"], "unfounded": ["71.3[/]"]}
    assert first["prompt_rebuilt"] is True
    assert (last["citations"], last["prompt_rebuilt"]) == (None, False)


def test_document_without_ballots_says_nothing_about_them() -> None:
    assert "ballots" not in vote_document(VOTE)
