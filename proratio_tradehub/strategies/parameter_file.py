"""The file beside a strategy in which `freqtrade hyperopt` leaves what it found.

Freqtrade reads it when it loads the strategy. A backfill has no Freqtrade and reads it here, so
that both follow the same rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from proratio_core.errors import ConfigurationError

__all__ = ["read_parameters"]

_SPACES: Final = ("buy", "sell")
"""Freqtrade's names for what decides entries and exits; the other spaces are no rule's."""


def read_parameters(strategy_file: Path) -> Mapping[str, Any]:
    """Return the rule's parameters from the JSON beside a strategy's file; empty without one.

    Parameters
    ----------
    strategy_file
        Path of the strategy's Python file, whether it exists or not.

    Raises
    ------
    ConfigurationError
        The file is not what hyperopt writes.
    """
    file = strategy_file.with_suffix(".json")
    if not file.is_file():
        return {}
    try:
        spaces = json.loads(file.read_text(encoding="utf-8"))["params"]
        found: dict[str, Any] = {}
        for space in _SPACES:
            found |= dict(spaces.get(space, {}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{file} is not a parameter file of Freqtrade ({type(error).__name__}: {error}); "
            "delete it, or run `freqtrade hyperopt` again"
        ) from error
    return found
