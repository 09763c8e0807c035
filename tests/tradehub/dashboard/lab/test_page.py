"""The page Lab, whole."""

from __future__ import annotations

from pathlib import Path

from proratio_core.database import Database
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.lab.page import show
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.drawing import a_house, a_room, drawn, text_of


def test_runs_are_listed_and_the_newest_is_shown(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for run in (result_of(), result_of(None)):
        ResultStore(database).save(run)
    with a_house(database_url, tmp_path) as house:
        page = drawn(lambda: show(a_room(house, None)))
    assert "2 runs" in text_of(page)
    assert "UNGATED" in text_of(page)
    (listed,) = page.dataframe
    assert list(listed.value["Gate"]) == ["ungated", "offline (RULE-BASED)"]


def test_without_runs_it_names_the_command(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert "proratio backtest" in text_of(drawn(lambda: show(a_room(house, None))))


def test_while_the_database_is_away_it_says_so(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        assert "No answer from PostgreSQL" in text_of(drawn(lambda: show(a_room(house, None))))
