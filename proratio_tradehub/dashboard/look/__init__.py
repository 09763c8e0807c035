"""How the dashboard looks: formats, markup, pieces of pages. Knows nothing of Streamlit."""

from proratio_tradehub.dashboard.look.actions import action_badge
from proratio_tradehub.dashboard.look.markup import Html, escaped, joined, tag
from proratio_tradehub.dashboard.look.states import away, degraded, empty, loading, stale
from proratio_tradehub.dashboard.look.tiles import (
    Cell,
    Tone,
    badge,
    card,
    facts,
    mark_badge,
    meter,
    note,
    table,
    tile,
    tiles,
    tone_of,
)

__all__ = [
    "Cell",
    "Html",
    "Tone",
    "action_badge",
    "away",
    "badge",
    "card",
    "degraded",
    "empty",
    "escaped",
    "facts",
    "joined",
    "loading",
    "mark_badge",
    "meter",
    "note",
    "stale",
    "table",
    "tag",
    "tile",
    "tiles",
    "tone_of",
]
