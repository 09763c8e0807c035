"""HTML made here: whatever is not markup of our own is escaped. Pure.

A foreign text has one way onto a page: as a plain string that `tag` escapes. Links lead inside
the dashboard only.
"""

from __future__ import annotations

import html
from typing import Final

from proratio_signals.shown_text import shown

__all__ = ["Html", "escaped", "joined", "tag"]

_EMPTY_TAGS: Final = frozenset({"br", "col", "hr", "input", "meta"})
_INSIDE: Final = ("/", "?", "#")


class Html(str):
    """Markup that was made here; a plain string is text."""

    __slots__ = ()


def escaped(text: object) -> Html:
    """Return `text` so that it is read and never acts, whoever wrote it.

    Examples
    --------
    >>> escaped("<b>now</b>")
    '&lt;b&gt;now&lt;/b&gt;'
    """
    return text if isinstance(text, Html) else Html(html.escape(shown(str(text)), quote=True))


def joined(*parts: object) -> Html:
    """Return the parts one after another, escaped; None is left out."""
    return Html("".join(escaped(part) for part in parts if part is not None))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an element; children that are not `Html` are escaped, None is left out.

    Parameters
    ----------
    name
        Of the element.
    children
        What it contains.
    attributes
        `class_` is class, `aria_label` is aria-label; None is left out.

    Raises
    ------
    ValueError
        A link leads outside the dashboard.

    Examples
    --------
    >>> tag("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(key, value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY_TAGS:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def _attribute(key: str, value: object) -> str:
    text = html.escape(shown(str(value)), quote=True)
    if key == "href" and (not text.startswith(_INSIDE) or text.startswith("//")):
        raise ValueError(f"a link leads to {text}; links stay inside the dashboard")
    return text
