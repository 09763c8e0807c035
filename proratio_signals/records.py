"""What goes into the ledger and what comes out of it: values, and their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from proratio_core.values import SeriesKey
from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Consensus,
    Opinion,
    Usage,
)
from proratio_signals.profile import Voter
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot

__all__ = [
    "BALLOT_COLUMNS",
    "VOTE_COLUMNS",
    "Decision",
    "LedgerVote",
    "Origin",
    "ballot_from_row",
    "row_of_ballot",
    "row_of_decision",
    "storable",
    "vote_from_row",
]

VOTE_COLUMNS: Final = (
    "vote.id, vote.as_of, vote.attempt, vote.action, vote.score, vote.dissent, vote.participation, "
    "vote.degraded, vote.origin, vote.available_at, vote.recorded_at, vote.snapshot_hash"
)
"""What `vote_from_row` reads."""

BALLOT_COLUMNS: Final = (
    "voter, provider, role, weight, model, served_model, prompt_hash, action, confidence, "
    "expected_return_frac, horizon_candles, reasoning, factors, risks, abstention, detail, "
    "input_tokens, output_tokens, cost_usd, latency_s"
)
"""What `row_of_ballot` writes and `ballot_from_row` reads."""


class Origin(StrEnum):
    """Whether a question was answered when its candle closed, or afterwards."""

    LIVE = "live"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answered question on its way into the ledger.

    Parameters
    ----------
    question
        What was asked.
    snapshot
        What the voters were shown.
    consensus
        What they came to, with every ballot.
    origin
        Live, or for the past.
    available_at
        When the answer could first be used: the wall time if live, else `as_of` plus the time the
        panel took. Never before `as_of`.
    """

    question: Question
    snapshot: Snapshot
    consensus: Consensus
    origin: Origin
    available_at: datetime


@dataclass(frozen=True, slots=True)
class LedgerVote:
    """One recorded vote; `id` names it everywhere, `Ledger.ballots` gives what was said."""

    id: int
    question: Question
    profile_hash: str
    attempt: int
    action: Action
    score: float
    dissent: float
    participation: float
    degraded: bool
    origin: Origin
    available_at: datetime
    recorded_at: datetime
    snapshot_hash: str


def row_of_decision(decision: Decision) -> tuple[Any, ...]:
    """Return what the ledger inserts: as_of to snapshot_hash, without series and profile."""
    consensus = decision.consensus
    return (
        decision.question.as_of,
        decision.available_at,
        decision.origin.value,
        consensus.action.code,
        consensus.score,
        consensus.dissent,
        consensus.participation,
        consensus.degraded,
        decision.snapshot.hash,
    )


def vote_from_row(key: SeriesKey, profile_hash: str, row: Sequence[Any]) -> LedgerVote:
    """Return the vote whose `VOTE_COLUMNS` are `row`."""
    number, as_of, attempt, action, score, dissent, participation, degraded, origin, *rest = row
    return LedgerVote(
        number,
        Question(key, as_of),
        profile_hash,
        attempt,
        Action.from_code(action),
        score,
        dissent,
        participation,
        degraded,
        Origin(origin),
        *rest,
    )


def ballot_from_row(voter: Voter, row: Mapping[str, Any]) -> Ballot:
    """Return the ballot of a seat whose `BALLOT_COLUMNS`, by name, are `row`."""
    result: Opinion | Abstention
    if row["abstention"] is None:
        result = Opinion(
            Action.from_code(row["action"]),
            row["confidence"],
            row["expected_return_frac"],
            row["horizon_candles"],
            row["reasoning"],
            tuple(row["factors"]),
            tuple(row["risks"]),
        )
    else:
        result = Abstention(AbstentionKind(row["abstention"]), row["detail"])
    usage = Usage(row["input_tokens"], row["output_tokens"])
    answer = Answer(result, row["served_model"], usage, row["latency_s"], row["cost_usd"])
    return Ballot(voter, answer, row["prompt_hash"])


def row_of_ballot(ballot: Ballot) -> tuple[Any, ...]:
    """Return the values of `BALLOT_COLUMNS`."""
    voter, answer, result = ballot.voter, ballot.answer, ballot.answer.result
    said: tuple[Any, ...]
    if isinstance(result, Opinion):
        said = (
            result.action.code,
            result.confidence,
            result.expected_return_frac,
            result.horizon_candles,
            result.reasoning,
            json.dumps(result.factors),
            json.dumps(result.risks),
            None,
            None,
        )
    else:
        said = (*[None] * 7, result.kind.value, storable(result.detail))
    return (
        voter.name,
        voter.provider,
        voter.role,
        voter.weight,
        voter.model,
        storable(answer.served_model),
        ballot.prompt_hash,
        *said,
        answer.usage.input_tokens,
        answer.usage.output_tokens,
        answer.cost_usd,
        answer.latency_s,
    )


def storable(text: str) -> str:
    """Return foreign text without what PostgreSQL cannot hold: NUL and halves of surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
