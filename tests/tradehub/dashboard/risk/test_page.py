"""The page Risk, whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_tradehub.dashboard.access import Role
from proratio_tradehub.dashboard.reading import Sight, Work, Workroom
from proratio_tradehub.dashboard.risk.page import show
from proratio_tradehub.dashboard.subject import account_subject
from proratio_tradehub.desk import report_path
from proratio_tradehub.halts import Action, HaltEvent, halt_file
from tests.signals.samples import BTC, candle_frame
from tests.tradehub.dashboard.drawing import NOW, a_room, drawn, text_of
from tests.tradehub.dashboard.now.made import ACCOUNT, a_report
from tests.tradehub.dashboard.risk.made import AWAY_URL, a_braked_house

SUBJECT = account_subject(ACCOUNT, NOW, "USDT")


class _DoneAtOnce(Workroom):
    """Does the work where it is asked for; that it is done elsewhere is tested of the real one."""

    def look(self, key: Hashable, job: Callable[[], Any], *, good_s: float) -> Work[Any]:
        """Return what the job finds."""
        return Work(Sight(job(), NOW), None)


def test_limits_refusals_and_orders_are_shown(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    CandleStore(database).write(BTC, candle_frame(300))
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, reasons, "
            "refused_at) VALUES (%s, 'Trend', 'BTC/USDT', %s, 'spread', %s, %s)",
            (ACCOUNT, NOW, '[{"rule": "spread", "message": "too wide"}]', NOW - timedelta(hours=1)),
        )
    with a_braked_house(database_url, tmp_path) as house:
        a_report().write(report_path(house.settings, ACCOUNT))
        quick = replace(house, workroom=_DoneAtOnce(house.clock))
        text = text_of(drawn(lambda: show(a_room(quick, SUBJECT))))
    assert "1.00% of 10.00%, 9.00% left" in text
    assert "too wide" in text
    assert "● Trading" in text
    assert "1.0 independent bets of 1" in text
    assert "Nobody has ever halted" in text


def test_brakes_are_there_while_the_database_is_away(tmp_path: Path) -> None:
    halt = HaltEvent.now(Action.HALT, reason="storm", by="me", at=NOW)
    with a_braked_house(AWAY_URL, tmp_path) as house:
        halt_file(house.settings).add([halt])
        a_report().write(report_path(house.settings, ACCOUNT))
        page = drawn(lambda: show(a_room(house, SUBJECT, Role.OPERATOR)))
    assert "■ Halted" in text_of(page)
    assert "No answer from PostgreSQL" in text_of(page)
    assert "storm" in text_of(page)
    assert [button.label for button in page.button] == ["Review"]


def test_installation_without_a_bot_can_be_halted(database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        page = drawn(lambda: show(a_room(house, None, Role.OPERATOR)))
    assert "No bot has reported" in text_of(page)
    assert len(page.button) == 1
