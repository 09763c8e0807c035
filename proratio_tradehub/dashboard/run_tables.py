"""The trades and the equity of a run, as tables that can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from functools import partial
from typing import Final

import pandas as pd

from proratio_core.errors import DataError
from proratio_quantlab.results import BacktestResult, ResultStore, Trade
from proratio_tradehub.dashboard.downloads import Offer
from proratio_tradehub.dashboard.reading import Access
from proratio_tradehub.dashboard.room import Room

__all__ = ["equity_frame", "run_offers", "trades_frame"]

_STATEMENT_LIMIT_MS: Final = 30_000


def run_offers(room: Room, run_hash: str, says: str) -> tuple[Offer, Offer]:
    """Return what can be taken away of a run; all rows of it.

    Parameters
    ----------
    room
        Whose database.
    run_hash
        Of its specification.
    says
        Which run it is, for people.
    """
    access, key = room.house.reader.access, run_hash[:12]
    trades = partial(_read, access, run_hash, trades_frame)
    equity = partial(_read, access, run_hash, equity_frame)
    return (
        Offer(f"trades {key}", f"a trade of the backtest {says}", trades),
        Offer(f"equity {key}", f"the wallet of the backtest {says}", equity),
    )


def trades_frame(run: BacktestResult) -> pd.DataFrame:
    """Return a row for each trade, in the sequence they were opened."""
    columns = [field.name for field in fields(Trade)]
    return pd.DataFrame([asdict(trade) for trade in run.trades], columns=columns)


def equity_frame(run: BacktestResult) -> pd.DataFrame:
    """Return the wallet over time."""
    return run.equity


def _read(
    access: Callable[[], Access], run_hash: str, frame_of: Callable[[BacktestResult], pd.DataFrame]
) -> pd.DataFrame:
    with access().opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        run = ResultStore(database).find(run_hash)
    if run is None:
        raise DataError(f"run {run_hash[:12]} is not stored any more; choose another one")
    return frame_of(run)
