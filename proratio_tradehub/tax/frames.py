"""A tax report as tables: one row a part of a lot, a contract, or what is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from proratio_tradehub.marks import Mark
from proratio_tradehub.tax.report import TaxReport

__all__ = ["contracts_frame", "lots_frame", "realised_frame"]

_REALISED: Final = (
    *("mark", "account", "asset", "amount", "acquired_at", "disposed_at", "held_days"),
    *("cost_quote", "proceeds_quote", "gain_quote", "quote", "trade_id"),
)
_CONTRACTS: Final = (
    *("mark", "account", "symbol", "side", "opened_at", "closed_at"),
    *("profit_quote", "funding_quote", "quote", "trade_id"),
)
_LOTS: Final = ("mark", "account", "asset", "amount", "acquired_at", "cost_quote", "quote")


def realised_frame(report: TaxReport) -> pd.DataFrame:
    """Return the parts of lots that were sold in the year; amounts are exact decimals."""
    return _frame(
        _REALISED,
        (
            {name: getattr(one, name) for name in _REALISED if name not in {"mark", "held_days"}}
            | {"mark": _mark(one.account), "held_days": (one.disposed_at - one.acquired_at).days}
            for one in report.realisations
        ),
    )


def contracts_frame(report: TaxReport) -> pd.DataFrame:
    """Return the contracts that were closed in the year."""
    return _plain(_CONTRACTS, report.contracts)


def lots_frame(report: TaxReport) -> pd.DataFrame:
    """Return what was held when the year ended."""
    return _plain(_LOTS, report.lots)


def _plain(names: Sequence[str], rows: Iterable[object]) -> pd.DataFrame:
    return _frame(
        names,
        (
            {name: getattr(row, name) for name in names if name != "mark"}
            | {"mark": _mark(str(getattr(row, "account", "")))}
            for row in rows
        ),
    )


def _mark(account: str) -> str:
    return Mark.of_account(account).value


def _frame(names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(names))
