#!/usr/bin/env python3
"""Backtest every strategy of the library, gated and not, and write the table of docs/strategies.md.

Needs the candles of the plan below (`proratio data import`); what was run before is reused. The
voters are the rule-based ones of profile `offline`, the limits those of risk profile `proratio`.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from proratio_core.clock import SystemClock
from proratio_core.database import open_database
from proratio_core.errors import ProratioError
from proratio_core.settings import load_settings
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_tradehub.backtesting import (
    Backtester,
    BacktestRequest,
    SurveyRow,
    survey_row,
    survey_table,
)
from proratio_tradehub.risk import load_risk_profile

VOTERS, LIMITS = "offline", "proratio"
TEN = ("BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "AVAX", "DOT", "MATIC")
SIX = ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE")
HOURLY = (
    *("AIEnhancedTrend", "MovingAverageCross", "DonchianBreakout", "Momentum"),
    *("MeanReversion", "BollingerBounce", "Grid", "Orchestrator"),
)
START, END = "<!-- strategies table -->\n", "<!-- end of the table -->\n"


def plan() -> Iterator[BacktestRequest]:
    """Yield what is run: hourly spot, five-minute spot, and perpetuals, each as far as it goes."""
    spot = tuple(Pair(base, "USDT") for base in TEN)
    few = tuple(Pair(base, "USDT") for base in SIX)
    perpetual = tuple(Pair(base, "USDT", "USDT") for base in SIX)
    for strategy in HOURLY:
        yield _request(strategy, spot, Timeframe.H1, "20220101-20251031")
    yield _request("Scalping", few, Timeframe.M5, "20250110-20251031")
    yield _request("FundingCarry", perpetual, Timeframe.H1, "20230301-20251031")


def _request(
    strategy: str, pairs: tuple[Pair, ...], timeframe: Timeframe, timerange: str
) -> BacktestRequest:
    return BacktestRequest(
        strategy=strategy,
        exchange="binance",
        pairs=pairs,
        timeframe=timeframe,
        timerange=Timerange.parse(timerange),
        profile=VOTERS,
        risk=LIMITS,
        compare_ungated=True,
    )


def survey() -> Iterator[SurveyRow]:
    """Run the plan; yield two rows for each strategy, gated and ungated."""
    settings = load_settings()
    limit = load_risk_profile(LIMITS, settings.user_data / "risk").max_drawdown_frac
    with (
        open_database(settings) as database,
        Backtester(settings, database, clock=SystemClock()) as backtester,
    ):
        for request in plan():
            print(f"{request.strategy} ...", file=sys.stderr, flush=True)
            for run in backtester.run(request).comparison.runs:
                yield survey_row(run, limit_frac=limit)


def write(document: Path, table: str) -> None:
    """Put the table between its marks in a document."""
    before, _, rest = document.read_text("utf-8").partition(START)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{START}\n{table}\n{END}{after}", "utf-8")


def main() -> int:
    """Print the table, write it where asked, and fail when a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="document whose table is replaced")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    try:
        rows = list(survey())
    except ProratioError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    table = survey_table(rows)
    print(table)
    broken = [f"{row.strategy} ({row.profile or 'ungated'})" for row in rows if not row.keeps_limit]
    if broken:
        print(f"past the drawdown limit: {', '.join(broken)}", file=sys.stderr)
    if options.write is not None:
        write(options.write, table)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
