from __future__ import annotations

from proratio_tradehub.alerts.urgency import Urgency


def test_what_is_least_urgent_comes_first() -> None:
    assert sorted(Urgency) == [Urgency.INFORMATION, Urgency.WARNING, Urgency.CRITICAL]
