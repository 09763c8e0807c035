"""Operators act, viewers and those who were signed out do not; what a viewer tried is on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.access.deeds import DeedFile
from proratio_tradehub.dashboard.access.operators import require_operator
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.risk.made import OPERATOR, VIEWER


@pytest.fixture
def deeds(tmp_path: Path) -> DeedFile:
    return DeedFile(tmp_path / "actions.jsonl", clock=FixedClock(NOW))


def test_operator_may_act_and_nothing_is_written_yet(deeds: DeedFile) -> None:
    assert require_operator(OPERATOR, deeds, action="Halt") is OPERATOR
    assert deeds.newest(1) == ()


def test_viewer_is_refused_and_that_is_on_record(deeds: DeedFile) -> None:
    with pytest.raises(ConfigurationError, match="nothing was saved: only an operator may act"):
        require_operator(VIEWER, deeds, action="Halt", undone="nothing was saved")
    (deed,) = deeds.newest(5)
    assert (deed.by, deed.action) == (VIEWER.name, "Halt")
    assert deed.detail == "refused: a viewer may not act"


def test_ended_session_is_refused(deeds: DeedFile) -> None:
    with pytest.raises(ConfigurationError, match="your session has ended; sign in again"):
        require_operator(None, deeds, action="Halt")


def test_viewer_is_refused_where_the_record_cannot_be_written(deeds: DeedFile) -> None:
    deeds.path.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="only an operator may act"):
        require_operator(VIEWER, deeds, action="Halt")
