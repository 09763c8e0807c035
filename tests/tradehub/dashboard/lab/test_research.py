"""A search and a walk are found again in what was stored of them."""

from __future__ import annotations

from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_tradehub.dashboard.lab.research import read_variants, research_figures
from tests.quantlab.made import result_of

TRAININGS = ("20240101-20240301", "20240201-20240401")
TESTS = ("20240302-20240401", "20240402-20240501")


def _run(span: str, profit: float = 5.0, **point: int) -> BacktestResult:
    return result_of(
        None,
        profits=(profit, -1.0),
        timerange=Timerange.parse(span),
        parameters=tuple(point.items()),
    )


def test_both_pictures_are_drawn_where_such_runs_are_stored(database: Database) -> None:
    store = ResultStore(database)
    for span in TRAININGS:
        for fast in (10, 20):
            for slow in (40, 50):
                store.save(_run(span, fast, fast=fast, slow=slow))
    for span in TESTS:
        store.save(_run(span, fast=20, slow=50))
    trained = _run(TRAININGS[0], 10, fast=10, slow=40)
    assert len(read_variants(database, trained)) == 10
    figures = dict(research_figures(database, trained))
    assert set(figures) == {"sensitivity", "walk"}
    chosen = [bar.customdata[0] for bar in figures["walk"].data if bar.type == "bar"]
    assert chosen == ["fast 20, slow 50"] * 2


def test_a_lone_run_has_neither(database: Database) -> None:
    run = _run(TRAININGS[0])
    ResultStore(database).save(run)
    assert dict(research_figures(database, run)) == {}
