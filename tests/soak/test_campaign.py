"""A short soak in the suite: half a day with many faults, and three deaths of the real process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.campaign import play_round
from tests.soak.plan import Rates
from tests.soak.report import Report

pytestmark = pytest.mark.slow

SEED = 20261127
DEATHS = ("order accepted, reply not read", "starting, orders just settled")
RATES = Rates(order_fault=0.1, row_fault=0.1, silence=0.0, halt=0.02, database_away=0.02)


def test_half_a_day_of_faults_and_two_deaths_break_nothing(
    tmp_path: Path, database_url: str
) -> None:
    report = Report(SEED)

    play_round(report, tmp_path, database_url, 1, days=0.5, deaths=DEATHS, rates=RATES)

    assert not report.breaches, str(report)
    assert report.entries > 0
    assert report.deaths.total() == len(DEATHS)
    assert len(report.ready_s) == 1  # the second death is that of the start after the first
    assert report.candles > 0
    assert {"PostgreSQL away", "halts ordered"} <= report.happened.keys(), str(report)
    assert any(what.startswith("fault: ") for what in report.happened)
