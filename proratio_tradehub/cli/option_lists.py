"""Several values after one option: `--pairs BTC/USDT ETH/USDT`, as Freqtrade's users write it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

__all__ = ["LIST_OPTIONS", "spread_lists"]

LIST_OPTIONS: Final = frozenset({"--pairs", "--timeframes"})
"""Options that may be followed by more than one value."""


def spread_lists(arguments: Sequence[str], options: Collection[str] = LIST_OPTIONS) -> list[str]:
    """Return the arguments with each list option repeated before each of its values.

    Parameters
    ----------
    arguments
        A command line without the program's name.
    options
        The list options; every argument up to the next option is a value of theirs.

    Examples
    --------
    >>> spread_lists(["--pairs", "A", "B", "--json"])
    ['--pairs', 'A', '--pairs', 'B', '--json']
    """
    result: list[str] = []
    current: str | None = None
    values = 0
    for argument in arguments:
        if argument.startswith("-"):
            current, values = (argument if argument in options else None), 0
        elif current is not None:
            values += 1
            result += [current] if values > 1 else []
        result.append(argument)
    return result
