from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Opinion,
    Usage,
)
from proratio_signals.records import (
    BALLOT_COLUMNS,
    VOTE_COLUMNS,
    LedgerVote,
    Origin,
    ballot_from_row,
    row_of_ballot,
    vote_from_row,
)
from tests.signals.samples import BTC, close_of, panel_profile

VOTER = panel_profile().voters[0]
_text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
_words = _text.filter(str.strip)
_opinions = st.builds(
    Opinion,
    action=st.sampled_from(Action),
    confidence=st.floats(0, 1),
    expected_return_frac=st.floats(-1, 1),
    horizon_candles=st.integers(1, 1000),
    reasoning=_words,
    factors=st.lists(_words, max_size=3).map(tuple),
    risks=st.lists(_words, max_size=3).map(tuple),
)
_abstentions = st.builds(Abstention, st.sampled_from(AbstentionKind), _text)
_answers = st.builds(
    Answer,
    result=_opinions | _abstentions,
    served_model=_text,
    usage=st.builds(Usage, st.none() | st.integers(0, 10**6), st.none() | st.integers(0, 10**6)),
    latency_s=st.floats(0, 100),
    cost_usd=st.none() | st.floats(0, 10),
)


@given(_answers)
def test_ballot_survives_its_row_exactly(answer: Answer) -> None:
    import json  # noqa: PLC0415

    ballot = Ballot(VOTER, answer, "hash")
    row = dict(zip(BALLOT_COLUMNS.split(", "), row_of_ballot(ballot), strict=True))
    for column in ("factors", "risks"):  # PostgreSQL decodes JSON
        row[column] = None if row[column] is None else json.loads(row[column])

    assert ballot_from_row(VOTER, row) == ballot


def test_vote_row_has_the_columns_the_query_names() -> None:
    as_of = close_of(5)
    later = as_of + timedelta(seconds=1)
    row = (7, as_of, 1, -1, 0.7, 0.1, 1.0, False, "backfill", later, later, "snap")

    vote = vote_from_row(BTC, "profile", row)

    assert len(row) == len(VOTE_COLUMNS.split(", "))
    assert vote == LedgerVote(
        id=7,
        question=vote.question,
        profile_hash="profile",
        attempt=1,
        action=Action.SELL,
        score=0.7,
        dissent=0.1,
        participation=1.0,
        degraded=False,
        origin=Origin.BACKFILL,
        available_at=later,
        recorded_at=later,
        snapshot_hash="snap",
    )
    assert vote.question.as_of == as_of
