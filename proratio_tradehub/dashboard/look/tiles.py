"""The pieces every page is made of: figures, badges, meters, tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from proratio_tradehub.dashboard.look.formats import NOTHING
from proratio_tradehub.dashboard.look.markup import Html, joined, tag
from proratio_tradehub.marks import Mark

__all__ = [
    "Cell",
    "Tone",
    "badge",
    "card",
    "facts",
    "mark_badge",
    "meter",
    "note",
    "table",
    "tile",
    "tiles",
    "tone_of",
]


class Tone(StrEnum):
    """What a figure means for whoever looks; its text says the same."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text or markup, and how it is meant."""

    text: str
    tone: Tone = Tone.PLAIN


def tone_of(value: float | None) -> Tone:
    """Return the tone of a gain or a loss."""
    if value is None or not value:
        return Tone.PLAIN
    return Tone.GOOD if value > 0 else Tone.BAD


def tile(label: str, value: str, note: str = "", tone: Tone = Tone.PLAIN) -> Html:
    """Return one figure with its label, and in small type what it is measured against."""
    return tag(
        "div",
        tag("span", label, class_="p-label"),
        tag("b", value, class_=f"p-value p-{tone}"),
        tag("span", note, class_="p-note") if note else None,
        class_="p-tile",
    )


def tiles(*shown: Html) -> Html:
    """Return figures side by side, as many in a row as there is room for."""
    return tag("div", *shown, class_="p-tiles")


def badge(text: str, tone: Tone = Tone.PLAIN) -> Html:
    """Return a word in a frame."""
    return tag("span", text, class_=f"p-badge p-{tone}")


_MEANINGS: Final = {
    Mark.LIVE: "real money",
    Mark.PAPER: "real market, no money",
    Mark.SIMULATED: "no market, no money",
    Mark.EVERY_BOT: "real money may be among them",
}


def mark_badge(mark: Mark) -> Html:
    """Return whose money a page is about: word, meaning, colour and pattern."""
    kind = mark.name.lower().replace("_", "-")
    return tag(
        "span",
        tag("b", mark.value),
        tag("span", _MEANINGS[mark], class_="p-meaning"),
        class_=f"p-mark p-mark-{kind}",
    )


def card(title: str, *content: object, aside: object = None, tone: Tone = Tone.PLAIN) -> Html:
    """Return a panel with a heading; `aside` stands at the end of the heading's line."""
    heading = tag("h2", title)
    right = None if aside is None else tag("span", aside, class_="p-aside")
    return tag("section", tag("header", heading, right), *content, class_=f"p-card p-card-{tone}")


def note(text: str, tone: Tone = Tone.MUTED) -> Html:
    """Return a sentence beside the figures."""
    return tag("p", text, class_=f"p-sentence p-{tone}")


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Return names and their values, one below the other."""
    lines = [joined(tag("dt", name), tag("dd", value)) for name, value in pairs]
    return tag("dl", *lines, class_="p-facts")


def meter(label: str, used_frac: float, text: str, *, warn_frac: float = 0.7) -> Html:
    """Return a bar that fills as a limit is used up.

    Parameters
    ----------
    label, text
        The limit, and in words how much of it is used.
    used_frac
        How much of the limit is used, 0 to 1; more is drawn as 1.
    warn_frac
        From here on it is marked as near.
    """
    full = min(max(used_frac, 0.0), 1.0)
    tone = Tone.BAD if used_frac >= 1 else Tone.WARN if used_frac >= warn_frac else Tone.GOOD
    word = {Tone.BAD: "reached", Tone.WARN: "near"}.get(tone)
    bar = tag("span", class_=f"p-fill p-fill-{tone}", style=f"width:{full * 100:.1f}%")
    return tag(
        "div",
        tag("span", label, class_="p-label"),
        tag("span", text, None if word is None else badge(word, tone), class_="p-meter-text"),
        tag("span", bar, class_="p-bar"),
        class_="p-meter",
    )


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell | str]],
    *,
    caption: str,
    text_columns: Iterable[int] = (0,),
) -> Html:
    """Return a table that scrolls sideways where it is wider than the screen.

    Parameters
    ----------
    columns
        The headings.
    rows
        Cells, as many as there are headings.
    caption
        What it lists, for those who hear the page.
    text_columns
        Which columns are words; the others are numbers and stand right.
    """
    left = frozenset(text_columns)
    head = tag(
        "tr",
        *(tag("th", name, scope="col", class_=_side(i, left)) for i, name in enumerate(columns)),
    )
    body = [tag("tr", *(_cell(cell, i, left) for i, cell in enumerate(row))) for row in rows]
    inner = tag(
        "table",
        tag("caption", caption, class_="p-unseen"),
        tag("thead", head),
        tag("tbody", *body),
    )
    return tag("div", inner, class_="p-scroll", tabindex="0", role="region", aria_label=caption)


def _cell(cell: Cell | str, column: int, left: frozenset[int]) -> Html:
    text, tone = (cell.text, cell.tone) if isinstance(cell, Cell) else (cell, Tone.PLAIN)
    if text == NOTHING:
        tone = Tone.MUTED
    return tag("td", text, class_=f"{_side(column, left)} p-{tone}")


def _side(column: int, left: frozenset[int]) -> str:
    return "p-left" if column in left else "p-right"
