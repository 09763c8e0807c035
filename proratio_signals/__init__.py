"""Advise: who votes on a candle, what they are told, what they said, and what it comes to."""

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
from proratio_signals.profile import Profile, Quorum, Voter, load_profile, profile_names
from proratio_signals.snapshot import Snapshot, take_snapshot

__all__ = [
    "Abstention",
    "AbstentionKind",
    "Action",
    "Answer",
    "Ballot",
    "Consensus",
    "Opinion",
    "Profile",
    "Quorum",
    "Snapshot",
    "Usage",
    "Voter",
    "load_profile",
    "profile_names",
    "take_snapshot",
]
