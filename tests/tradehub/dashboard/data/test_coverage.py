"""What a month should have, at the edges of a series as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proratio_tradehub.dashboard.data.coverage import Freshness
from tests.tradehub.dashboard.data.made import FUNDING, WHOLE, coverage, month


def test_first_and_last_month_lack_nothing_and_one_without_rows_is_empty() -> None:
    assert {at.month: share for at, share in WHOLE.shares().items()} == {
        2: 1.0,
        3: 743 / 744,
        4: 0.0,
        5: 1.0,
    }
    assert WHOLE.missing == 1 + 30 * 24
    assert WHOLE.rows == 777


def test_funding_that_is_paid_more_often_is_no_more_than_whole() -> None:
    often = coverage(month(2024, 1, 186, "01 00", "31 20"), stored=FUNDING)
    assert list(often.shares().values()) == [1.0]
    assert often.missing == 0


def test_nothing_stored_is_empty() -> None:
    none = coverage()
    assert (none.rows, none.missing, none.last_close, none.shares()) == (0, 0, None, {})
    assert none.freshness(datetime(2024, 1, 1, tzinfo=UTC)) is Freshness.EMPTY


@pytest.mark.parametrize(
    ("hours", "is_now"),
    [(0, Freshness.CURRENT), (2, Freshness.CURRENT), (3, Freshness.BEHIND), (51, Freshness.ENDED)],
)
def test_a_series_is_behind_until_nobody_can_be_continuing_it(
    hours: int, is_now: Freshness
) -> None:
    closed = WHOLE.last_close
    assert closed == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert WHOLE.freshness(closed + timedelta(hours=hours)) is is_now
