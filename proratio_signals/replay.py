"""A recorded vote counted again from its ballots: the same ballots give the same vote, always.

What a vote came to follows from the profile and the ballots alone. So whoever has the ballots can
check every vote, and a vote that its own ballots do not give was not cast by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proratio_core.errors import DataError
from proratio_signals.archive_file import Row, vote_bytes
from proratio_signals.opinions import Ballot
from proratio_signals.profile import Profile
from proratio_signals.records import ballot_from_row
from proratio_signals.vote import tally

__all__ = ["ballots_of", "replayed"]


def ballots_of(row: Row, profile: Profile) -> tuple[Ballot, ...]:
    """Return the ballots of an archived vote, in the order of the profile.

    Raises
    ------
    DataError
        They are not exactly one for each seat of the profile, or one is not valid.
    """
    said = {ballot["voter"]: ballot for ballot in row["ballots"]}
    seats = {voter.name for voter in profile.voters}
    if set(said) != seats or len(row["ballots"]) != len(seats):
        raise DataError(
            f"ballots of {', '.join(said) or 'nobody'}; profile {profile.name!r} has the voters "
            f"{', '.join(sorted(seats))}"
        )
    for voter in profile.voters:
        ballot = said[voter.name]
        for name in ("provider", "role", "weight", "model"):
            if ballot[name] != getattr(voter, name):
                raise DataError(
                    f"the {name} of {voter.name} is {ballot[name]!r}; its profile says "
                    f"{getattr(voter, name)!r}"
                )
    return tuple(_ballot(profile, voter.name, said[voter.name]) for voter in profile.voters)


def replayed(row: Row, profile: Profile) -> bytes:
    """Return the canonical line of the vote that the ballots of `row` come to.

    Raises
    ------
    DataError
        The ballots are not those of the profile, or one is not valid.
    """
    ballots = ballots_of(row, profile)
    consensus = tally(ballots, threshold=profile.threshold, quorum=profile.quorum)
    counted: Mapping[str, Any] = {
        "action": consensus.action.code,
        "score": consensus.score,
        "dissent": consensus.dissent,
        "participation": consensus.participation,
        "degraded": consensus.degraded,
    }
    return vote_bytes({**row, **counted})


def _ballot(profile: Profile, name: str, said: Mapping[str, Any]) -> Ballot:
    (voter,) = (voter for voter in profile.voters if voter.name == name)
    try:
        return ballot_from_row(voter, said)
    except (ValueError, TypeError) as error:
        raise DataError(f"the ballot of {name} is not valid: {error}") from error
