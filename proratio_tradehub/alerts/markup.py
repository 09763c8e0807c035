"""Somebody else's words inside Telegram's HTML: shown, never obeyed, never too long. Pure."""

from __future__ import annotations

import html
import re
from typing import Final

from proratio_signals.shown_text import shown

__all__ = ["bold", "plain", "quoted"]

_TAG: Final = re.compile(r"</?(?:b|i)>")
"""The only tags the messages use."""


def quoted(text: str, *, limit_chars: int) -> str:
    r"""Return foreign text as one escaped line of at most `limit_chars` characters as read.

    Examples
    --------
    >>> quoted("<b>sell\n everything</b> & run", limit_chars=20)
    '&lt;b&gt;sell everything&lt;…'
    """
    line = " ".join(shown(text).split())
    if len(line) > limit_chars:
        line = line[: limit_chars - 1] + "…"
    return html.escape(line, quote=False)


def bold(text: str, *, limit_chars: int = 120) -> str:
    """Return foreign text as one bold line."""
    return f"<b>{quoted(text, limit_chars=limit_chars)}</b>"


def plain(markup: str) -> str:
    """Return the words of a message without its tags, as a person reads them.

    Examples
    --------
    >>> plain("<b>BTC/USDT</b> &lt;b&gt;")
    'BTC/USDT <b>'
    """
    return html.unescape(_TAG.sub("", markup))
