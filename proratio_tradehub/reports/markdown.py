r"""A report as Markdown; whatever somebody else wrote stays text. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from proratio_signals.shown_text import shown
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.document import Document, Section

__all__ = ["MARK_WORDS", "escaped", "markdown_of"]

MARK_WORDS: Final = {
    Mark.LIVE: "real money",
    Mark.PAPER: "no real money",
    Mark.SIMULATED: "no market, no money",
    Mark.EVERY_BOT: "every bot of this installation",
}
"""What each mark says."""

_SPECIAL: Final = re.compile(r"([\\`*_\[\]|~])")


def escaped(text: str) -> str:
    r"""Return somebody else's words as one line that Markdown shows as it stands.

    Examples
    --------
    >>> escaped("<b>a|b\n*c*")
    '&lt;b&gt;a\\|b \\*c\\*'
    """
    return html.escape(_SPECIAL.sub(r"\\\1", " ".join(shown(text).split())), quote=False)


def markdown_of(document: Document, *, generated_at: datetime) -> str:
    """Return the report as Markdown with tables."""
    return "\n".join(_lines(document, generated_at))


def _lines(document: Document, generated_at: datetime) -> Iterator[str]:
    yield f"# {escaped(document.title)}"
    yield ""
    yield f"**{document.mark}**: {MARK_WORDS[document.mark]}. {escaped(document.subtitle)}"
    yield ""
    yield from _table(("Figure", "Value", ""), document.tiles)
    for section in document.sections:
        yield ""
        yield f"## {escaped(section.title)}"
        yield from _section(section)
    yield ""
    yield f"Made by Proratio on {generated_at:%Y-%m-%d %H:%M} UTC."
    yield ""


def _section(section: Section) -> Iterator[str]:
    if section.lines:
        yield ""
        yield from (f"- {escaped(line)}" for line in section.lines)
    if section.rows:
        yield ""
        yield from _table(section.columns, section.rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(columns)
    yield "|---" + "|---:" * (len(columns) - 1) + "|"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
