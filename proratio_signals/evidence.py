"""What each voter of a recorded vote was asked, word for word, and whether its numbers hold.

The ledger keeps the snapshot and the hash of each prompt, not its text. The text follows from
snapshot, template version and profile; when its hash is the recorded one, this is what was asked,
on whichever machine the question is raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.values import SeriesKey
from proratio_signals.blinding import Mask, mask_of
from proratio_signals.citations import Citations, check_citations
from proratio_signals.opinions import Ballot, Opinion
from proratio_signals.profile import RULES, Profile
from proratio_signals.prompts import Prompt
from proratio_signals.records import LedgerVote
from proratio_signals.wording import prompts_for

__all__ = ["Evidence", "Exhibit", "RecordedSnapshot", "examine"]


@dataclass(frozen=True, eq=False)
class RecordedSnapshot:
    """A snapshot as the ledger kept it: everything a prompt may say, without the candles."""

    key: SeriesKey
    as_of: datetime
    facts: Mapping[str, float]
    recent: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One ballot's foundation.

    Parameters
    ----------
    prompt
        What the voter was asked; None when this version of the program has other templates.
    citations
        The numbers of its answer; None when the prompt is not known, the voter abstained, or is a
        set of rules.
    """

    prompt: Prompt | None
    citations: Citations | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One vote's foundation.

    Parameters
    ----------
    exhibits
        By the voter's name.
    mask
        What was hidden from the voters; None when they were asked openly.
    """

    exhibits: Mapping[str, Exhibit]
    mask: Mask | None


def examine(database: Database, vote: LedgerVote, ballots: Sequence[Ballot]) -> Evidence:
    """Return what the ballots of a vote rest on.

    Parameters
    ----------
    database
        Where the ledger is.
    vote, ballots
        A recorded vote and what was said.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT profile.document, snapshot.document FROM vote "
            "JOIN profile ON profile.id = profile_id "
            "JOIN snapshot ON snapshot.hash = snapshot_hash WHERE vote.id = %s",
            (vote.id,),
        )
        row = cursor.fetchone()
    if row is None:
        return Evidence({}, None)
    profile = Profile.model_validate(row[0])
    snapshot = _recorded(vote, row[1])
    prompts = _prompts(profile, snapshot)
    exhibits = {ballot.voter.name: _exhibit(ballot, prompts) for ballot in ballots}
    return Evidence(exhibits, mask_of(snapshot) if profile.blinding else None)


def _recorded(vote: LedgerVote, document: Mapping[str, Any]) -> RecordedSnapshot:
    return RecordedSnapshot(
        vote.question.key,
        vote.question.as_of,
        {name: float(value) for name, value in document["facts"].items()},
        tuple(tuple(float(value) for value in row) for row in document["recent"]),
    )


def _prompts(profile: Profile, snapshot: RecordedSnapshot) -> Mapping[str, Prompt]:
    try:
        return prompts_for(profile, snapshot)
    except ConfigurationError:  # a template of another version of the program
        return {}


def _exhibit(ballot: Ballot, prompts: Mapping[str, Prompt]) -> Exhibit:
    prompt = prompts.get(ballot.voter.name)
    if prompt is None or prompt.hash != ballot.prompt_hash:
        return Exhibit(None, None)
    result = ballot.answer.result
    if not isinstance(result, Opinion) or ballot.voter.provider == RULES:
        return Exhibit(prompt, None)
    return Exhibit(prompt, check_citations(result, prompt))
