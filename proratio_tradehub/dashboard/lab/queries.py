"""What the page Lab reads of stored runs; never their trades or their equity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from proratio_core.database import Database
from proratio_tradehub.dashboard.lab.runs import RunLine, half_width
from proratio_tradehub.dashboard.reading import rows

__all__ = ["read_runs"]

_RUNS: Final = (
    "SELECT specification_hash, strategy, specification, created_at, simulated, "
    "(metrics->>'profit_frac')::float8, (metrics->>'max_drawdown_frac')::float8, sharpe, "
    "daily_returns, (metrics->>'trades')::int, refusals "
    "FROM backtest_run ORDER BY created_at DESC, id DESC LIMIT %s"
)


def read_runs(
    database: Database, rule_based: Mapping[str, bool], *, most: int
) -> tuple[RunLine, ...]:
    """Return the newest runs, the newest first.

    Parameters
    ----------
    database
        Where they are.
    rule_based
        Name of a profile -> whether its voters are fixed rules.
    most
        No more than so many.
    """
    return tuple(_line(row, rule_based) for row in rows(database, _RUNS, (most,), most=most))


def _line(row: tuple[Any, ...], rule_based: Mapping[str, bool]) -> RunLine:
    name, strategy, asked, at, simulated, profit, fall, sharpe, daily, trades, refusals = row
    profile = asked.get("profile")
    returns = None if daily is None else np.frombuffer(daily, "<f8")
    return RunLine(
        hash=name,
        strategy=strategy,
        pairs=tuple(asked["pairs"]),
        exchange=asked["exchange"],
        timeframe=asked["timeframe"],
        timerange=asked["timerange"],
        profile=profile,
        parameters=asked.get("parameters", {}),
        created_at=at,
        simulated=simulated,
        rule_based=profile is not None and rule_based.get(profile, False),
        profit_frac=profit,
        max_drawdown_frac=fall,
        sharpe=sharpe,
        sharpe_half=half_width(returns),
        trades=trades or 0,
        refused=sum((refusals or {}).values()),
    )
