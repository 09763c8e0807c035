"""Whether a strategy waits for a consensus, and whose; told without importing Freqtrade."""

from __future__ import annotations

import ast
from pathlib import Path

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_quantlab.fingerprint import strategy_file
from proratio_quantlab.specification import UNGATED
from proratio_signals.profile import Profile, load_profile

__all__ = ["asks_consensus", "profile_for"]

_GATED_BASES = frozenset(
    {
        "AgentStrategy",
        "ConsensusStrategy",
        "GridStrategy",
        "OrchestratorStrategy",
        "PerpetualStrategy",
    }
)
"""The classes of `proratio_tradehub.strategies` that ask; all are kinds of the first."""


def profile_for(strategy: str, wanted: str | None, settings: Settings) -> Profile | None:
    """Return the profile that gates a run; None when the run is ungated.

    Parameters
    ----------
    strategy
        Class name in `user_data/strategies`.
    wanted
        A profile's name, `none` for the ungated twin, or None for the installation's default.
    settings
        Where strategies and profiles are, and which profile is the default.

    Raises
    ------
    ConfigurationError
        The strategy or the profile does not exist, or this strategy asks nobody.
    """
    if not asks_consensus(strategy, settings.user_data):
        if wanted not in (None, UNGATED):
            raise ConfigurationError(
                f"{strategy} asks no consensus (it is not a ConsensusStrategy), so profile "
                f"{wanted} would change nothing; leave out --profile"
            )
        return None
    if wanted == UNGATED:
        return None
    return load_profile(wanted or settings.profile, settings.user_data / "profiles")


def asks_consensus(strategy: str, user_data: Path) -> bool:
    """Return whether the strategy's class, or a base of it in the same file, is a consensus one.

    Raises
    ------
    ConfigurationError
        The strategy does not exist or its file is not Python.
    """
    file = strategy_file(user_data, strategy)
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise ConfigurationError(f"{file}:{error.lineno} is not Python: {error.msg}") from error
    bases = {
        node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    reached, ahead = set[str](), [strategy]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += bases.get(name, [])
    return bool(_GATED_BASES & reached)
