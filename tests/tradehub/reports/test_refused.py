from __future__ import annotations

from datetime import timedelta

from proratio_core.database import Database
from proratio_tradehub.reports import Period
from proratio_tradehub.reports.refused import read_refused
from tests.tradehub.reports.made import ACCOUNT, DAY, refuse


def test_rules_are_counted_the_most_first_within_the_days_of_the_account(
    database: Database,
) -> None:
    refuse(database, "spread", "heat", "heat")
    day = Period.day(DAY)
    assert read_refused(database, ACCOUNT, day) == (("heat", 2), ("spread", 1))
    assert read_refused(database, "another", day) == ()
    assert read_refused(database, ACCOUNT, Period.day(DAY + timedelta(days=1))) == ()
