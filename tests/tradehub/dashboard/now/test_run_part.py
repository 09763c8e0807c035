"""The page Now for a backtest."""

from __future__ import annotations

from pathlib import Path

from proratio_core.database import Database
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.now.page import show
from proratio_tradehub.dashboard.now.run_part import read_run
from proratio_tradehub.dashboard.subject import Subject, read_subjects
from proratio_tradehub.marks import Mark
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of


def test_newest_backtest_is_shown_with_its_last_trades(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    ResultStore(database).save(result_of(profits=tuple(float(i) for i in range(20))))
    (subject,) = read_subjects(database)
    (run,) = read_run(database, subject.run_id or 0)
    assert [trade["profit_quote"] for trade in run.trades] == list(range(8, 20))
    with a_house(database_url, tmp_path) as house:
        page = drawn(lambda: show(a_room(house, subject)))
    text = text_of(page)
    assert f"trades {run.hash[:12]}: a trade of the backtest" in text
    assert len(page.get("download_button")) == 9, "a figure, and two tables four times"
    assert "no order was ever sent" in text
    assert "▲ +19.00 USDT" in text


def test_backtest_that_is_gone_is_said(database_url: str, tmp_path: Path) -> None:
    gone = Subject("run:9", "gone", Mark.SIMULATED, NOW, "USDT", run_id=9)
    with a_house(database_url, tmp_path) as house:
        text = text_of(drawn(lambda: show(a_room(house, gone))))
    assert "not stored any more" in text
