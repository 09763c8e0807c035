from __future__ import annotations

from datetime import date

from proratio_tradehub.alerts.urgency import Urgency
from tests.tradehub.alerts.made import information


def test_a_week_is_seven_days_and_can_wait() -> None:
    week = information("a bot")
    assert (week.since, week.until) == (date(2024, 5, 26), date(2024, 6, 1))
    assert week.urgency is Urgency.INFORMATION
