"""How constraints are named and times are stored, wherever a table is declared."""

from __future__ import annotations

from proratio_core.database.declarations import MOMENT, metadata
from proratio_core.database.schema import metadata as of_the_schema


def test_every_table_is_declared_in_the_one_schema() -> None:
    assert metadata is of_the_schema
    assert {"candle", "vote", "journal_entry"} <= set(metadata.tables)


def test_moment_carries_its_zone() -> None:
    assert MOMENT.timezone
