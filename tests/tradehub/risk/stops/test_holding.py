from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.stops import is_overdue
from tests.tradehub.risk.made import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("held", "overdue"),
    [(timedelta(0), False), (DAY - timedelta(seconds=1), False), (DAY, True), (2 * DAY, True)],
)
def test_position_is_overdue_once_it_was_held_that_long(held: timedelta, overdue: bool) -> None:
    assert is_overdue(NOW, NOW + held, DAY) is overdue


@pytest.mark.parametrize(("span", "shown"), [(timedelta(0), "0:00:00"), (-DAY, "-1 day, 0:00:00")])
def test_span_that_is_not_above_zero_is_refused(span: timedelta, shown: str) -> None:
    with pytest.raises(
        RiskError, match=rf"^longest holding time is {shown}; expected a span above zero$"
    ):
        is_overdue(NOW, NOW, span)
