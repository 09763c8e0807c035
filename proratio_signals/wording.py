"""What each voter of a profile is asked about a snapshot; pure."""

from __future__ import annotations

from proratio_signals.blinding import blind
from proratio_signals.profile import Profile
from proratio_signals.prompts import Prompt, render
from proratio_signals.snapshot import Shown

__all__ = ["prompts_for"]


def prompts_for(profile: Profile, shown: Shown) -> dict[str, Prompt]:
    """Return the prompt of each voter by its name, blind where the profile says so.

    Raises
    ------
    ConfigurationError
        A voter's role has no template of its prompt version.
    """
    seen = blind(shown) if profile.blinding else shown
    return {voter.name: render(voter.role, voter.prompt_version, seen) for voter in profile.voters}
