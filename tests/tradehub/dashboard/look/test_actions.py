"""Actions: each has a shape of its own beside its colour."""

from __future__ import annotations

from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.look.actions import action_badge


def test_each_action_has_its_own_shape() -> None:
    texts = [action_badge(action).partition(">")[2][:1] for action in (*Action, None)]
    assert texts == ["▲", "▼", "◆", "○"]
    assert "abstained" in action_badge(None)
