"""Somebody else's words, made fit to be shown: everything in them is to be read, nothing acts."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["shown"]

_KEPT: Final = "\n"


def shown(text: str) -> str:
    r"""Return `text` with every character that cannot be seen written as its escape.

    Parameters
    ----------
    text
        What a language model or a provider wrote. It may try to move a terminal's cursor, to open
        a link, to hide words or to turn their direction.

    Returns
    -------
    str
        Printable characters, spaces and line feeds only. What it means to a markup language is not
        looked at: whoever writes HTML or Rich's markup escapes it besides.

    Examples
    --------
    >>> shown("clear\x1b[2J now\u202e")
    'clear\\x1b[2J now\\u202e'
    """
    return "".join(_shown(mark) for mark in text)


def _shown(mark: str) -> str:
    if mark.isprintable() or mark in _KEPT:
        return mark
    if unicodedata.category(mark) == "Zs" or mark == "\t":
        return " "
    return mark.encode("unicode_escape").decode("ascii")
