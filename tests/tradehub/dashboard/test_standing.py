"""The orders as pages see them, PostgreSQL at hand or not."""

from __future__ import annotations

from pathlib import Path

from proratio_core.database import Database
from proratio_tradehub.dashboard.standing import see_standing
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger, Mode, halt_file
from tests.tradehub.dashboard.drawing import NOW, a_house

HALT = HaltEvent.now(Action.HALT, reason="maintenance", by="me", at=NOW)


def test_halt_in_the_database_holds(database: Database, database_url: str, tmp_path: Path) -> None:
    HaltLedger(database).add([HALT])
    with a_house(database_url, tmp_path) as house:
        standing = see_standing(house).value
    assert standing is not None
    assert standing.mode is Mode.HALTED


def test_halt_file_is_read_while_the_database_is_away(tmp_path: Path) -> None:
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        halt_file(house.settings).add([HALT])
        standing = see_standing(house).value
    assert standing is not None
    assert standing.mode is Mode.HALTED
    assert "cannot be reached" in standing.unknown
