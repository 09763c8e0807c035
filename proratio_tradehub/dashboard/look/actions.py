"""What a vote recommends, as a word with a shape of its own. Pure."""

from __future__ import annotations

from typing import Final

from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.look.markup import Html, tag
from proratio_tradehub.dashboard.look.tiles import Tone

__all__ = ["action_badge"]

_SHAPES: Final = {
    Action.BUY: ("▲", Tone.GOOD),
    Action.SELL: ("▼", Tone.BAD),
    Action.HOLD: ("◆", Tone.MUTED),
}


def action_badge(action: Action | None) -> Html:
    """Return an action with its arrow; None is an abstention."""
    if action is None:
        return tag("span", "○ abstained", class_="p-action p-warn")
    shape, tone = _SHAPES[action]
    return tag("span", f"{shape} {action.value}", class_=f"p-action p-{tone}")
