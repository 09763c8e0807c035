"""What is worked out of a stored run, and of two."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.lab.judging import judge_pair, judge_run
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.drawing import a_house

GATED, UNGATED = result_of(), result_of(None, profits=(5.0, -8.0, 3.0))


def test_run_and_pair_are_judged_and_can_be_sent_between_processes(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for run in (GATED, UNGATED):
        ResultStore(database).save(run)
    with a_house(database_url, tmp_path) as house:
        access, settings = house.reader.access(), house.settings
        found = pickle.loads(pickle.dumps(judge_run(access, settings, GATED.specification.hash)))
        pair = judge_pair(access, GATED.specification.hash, UNGATED.specification.hash)
        assert {"curves", "fan", "months", "distribution"} <= set(found.figures)
        assert found.rule_based
        assert any("RULE" in caveat for caveat in found.caveats)
        assert pair.verdict
        assert pair.sentences[0].startswith("Paired on 120 days")
        assert pair.lines[0].difference == -1
        with pytest.raises(DataError, match="not stored any more"):
            judge_run(access, settings, "f" * 64)
