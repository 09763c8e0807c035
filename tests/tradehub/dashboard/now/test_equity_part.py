"""Equity over the span that is chosen."""

from __future__ import annotations

from pathlib import Path

from proratio_tradehub.dashboard.now.equity_part import limits_of, show_equity
from proratio_tradehub.dashboard.subject import account_subject
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of
from tests.tradehub.dashboard.now.made import ACCOUNT


def test_account_without_marks_says_when_there_will_be_some(
    database_url: str, tmp_path: Path
) -> None:
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, account_subject(ACCOUNT, NOW))
        page = drawn(lambda: show_equity(room, account_subject(ACCOUNT, NOW)))
        assert "marks its equity once a minute" in text_of(page)
        assert limits_of(room).max_drawdown_frac == 0.1
