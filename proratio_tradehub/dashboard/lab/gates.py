"""Who may gate a backtest: the profiles there are, and whether fixed rules vote in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from proratio_core.errors import ProratioError
from proratio_signals.profile import load_profile, profile_names
from proratio_tradehub.dashboard.room import Room

__all__ = ["read_gates", "see_gates"]


def see_gates(room: Room) -> Mapping[str, bool]:
    """Return what `read_gates` finds, at most a minute old."""
    folder = room.house.settings.user_data / "profiles"
    return room.glance("gates", lambda: read_gates(folder), good_s=60.0).value or {}


def read_gates(user_profiles: Path) -> Mapping[str, bool]:
    """Return name of a profile -> whether its voters are fixed rules.

    A profile that cannot be read is not taken for rules.
    """
    return {name: _votes_by_rules(name, user_profiles) for name in profile_names(user_profiles)}


def _votes_by_rules(name: str, user_profiles: Path) -> bool:
    try:
        return load_profile(name, user_profiles).is_rules
    except ProratioError:
        return False
