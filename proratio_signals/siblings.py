"""Recorded profiles that ask the same panel: again, or blind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from proratio_core.database import Database
from proratio_signals.profile import Profile

__all__ = ["Siblings", "read_rivals", "read_siblings"]

_BESIDE_THE_PANEL: Final = {"name", "blinding", "stability", "daily_usd", "limits"}
"""What a profile says besides who is asked what and what their answers come to."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """Recorded profiles that ask the same panel again.

    Parameters
    ----------
    repeats
        Hashes of those that ask the same of the same voters, the profile itself among them: they
        differ by name, by caps, or by what the stake is made of.
    twins
        Hashes of those that besides are blind where the profile is open, or the other way round.
    """

    repeats: tuple[str, ...]
    twins: tuple[str, ...]


def read_siblings(database: Database, profile: Profile) -> Siblings:
    """Return the recorded profiles that ask the same panel again, or ask it blind.

    Raises
    ------
    TransientError
        The database is away.
    """
    own = _panel(profile)
    repeats: set[str] = {profile.hash}
    twins: set[str] = set()
    for found, other in _recorded(database):
        if _panel(other) == own:
            (repeats if other.blinding == profile.blinding else twins).add(found)
    return Siblings(tuple(sorted(repeats)), tuple(sorted(twins)))


def read_rivals(database: Database, profile: Profile) -> tuple[Profile, ...]:
    """Return every other panel that was recorded, one profile for each, by name.

    Open and blind are two panels here: whoever picks may pick either.

    Raises
    ------
    TransientError
        The database is away.
    """
    seen = [(_panel(profile), profile.blinding)]
    rivals = []
    for _, other in _recorded(database):
        if (_panel(other), other.blinding) not in seen:
            seen.append((_panel(other), other.blinding))
            rivals.append(other)
    return tuple(sorted(rivals, key=lambda rival: rival.name))


def _panel(profile: Profile) -> dict[str, Any]:
    return profile.model_dump(mode="json", exclude=_BESIDE_THE_PANEL)


def _recorded(database: Database) -> list[tuple[str, Profile]]:
    with database.transaction() as cursor:
        cursor.execute("SELECT hash, document FROM profile ORDER BY id")
        rows = cursor.fetchall()
    found = []
    for name, document in rows:
        try:
            found.append((name, Profile.model_validate(document)))
        except ValidationError:  # of a version that knew other terms: not a panel of today
            continue
    return found
