"""A run's trades and wallet, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.run_tables import run_offers, trades_frame
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.drawing import a_house, a_room


def test_trades_and_equity_are_those_of_the_stored_run(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    run = result_of()
    ResultStore(database).save(run)
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, None)
        trades, equity = run_offers(room, run.specification.hash, "of a test")
        assert trades.make()["profit_quote"].tolist() == [5.0, -2.0]
        assert equity.make()["equity_quote"].tolist() == run.equity["equity_quote"].tolist()
        gone, _ = run_offers(room, "0" * 64, "that is gone")
        with pytest.raises(DataError, match="not stored any more"):
            gone.make()


def test_a_run_that_never_traded_still_has_columns() -> None:
    frame = trades_frame(result_of(profits=()))
    assert frame.empty
    assert "exit_reason" in frame.columns
