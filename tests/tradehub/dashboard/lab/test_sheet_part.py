"""One run is judged, or two, in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.lab.queries import read_runs
from proratio_tradehub.dashboard.lab.sheet_part import chosen_of, show_pair, show_run
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.drawing import a_house, a_room, drawn, text_of
from tests.tradehub.dashboard.lab.made import GATED, UNGATED


@pytest.mark.parametrize(
    ("places", "chosen"),
    [([], [GATED]), ([1], [UNGATED]), ([1, 0], [GATED, UNGATED]), ([7], [GATED])],
    ids=["none", "one", "two", "gone"],
)
def test_the_newest_run_is_shown_unless_another_is_chosen(
    places: list[int], chosen: list[object]
) -> None:
    assert list(chosen_of([GATED, UNGATED], places)) == chosen


def test_sheet_and_comparison_appear_when_they_are_worked_out(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for run in (result_of(), result_of(None, profits=(5.0, -8.0))):
        ResultStore(database).save(run)
    second, first = read_runs(database, {"offline": True}, most=5)
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, None)
        assert "Under way" in text_of(drawn(lambda: show_run(room, first)))
        text = _settled(lambda: show_run(room, first))
        assert "Before you believe it" in text
        assert "Every measure" in text
        assert "proratio sweep AIEnhancedTrend" in text
        assert "proratio walk-forward AIEnhancedTrend" in text
        assert "First minus second" in _settled(lambda: show_pair(room, first, second))


def _settled(draw: Callable[[], None]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = text_of(drawn(draw))
        if "Under way" not in text:
            return text
        time.sleep(0.2)
    raise AssertionError("it was never worked out")
