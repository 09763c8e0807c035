"""The colours of every figure, page and picture: readable without telling red from green. Pure."""

from __future__ import annotations

from typing import Final

__all__ = ["COLOURS"]

COLOURS: Final = {
    "paper": "#12161c",
    "grid": "#232a34",
    "text": "#c9d1db",
    "muted": "#8a95a3",
    "gated": "#6cb6ff",
    "ungated": "#d0a95c",
    "up": "#3fc1a0",
    "down": "#f0766b",
    "warning": "#ffb224",
}
"""`page.css` repeats those it needs; a test keeps them equal."""
