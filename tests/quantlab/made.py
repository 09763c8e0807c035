"""Runs made by hand, for tests that judge results without making them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.results import BacktestResult, Trade
from proratio_quantlab.specification import Specification

START = datetime(2024, 1, 1, tzinfo=UTC)
BALANCE = 1_000.0


def equity_of(wallet: Sequence[float], *, start: datetime = START, freq: str = "D") -> pd.DataFrame:
    date = pd.date_range(start, periods=len(wallet), freq=freq).as_unit("ms")
    return pd.DataFrame({"date": date, "equity_quote": np.asarray(wallet, np.float64)})


def trade_of(profit: float = 5.0, *, day: float = 0, days: float = 1, **changes: object) -> Trade:
    opened = START + timedelta(days=day)
    values = {
        "pair": "BTC/USDT",
        "opened_at": opened,
        "closed_at": opened + timedelta(days=days),
        "open_rate": 42_000.0,
        "close_rate": 43_000.0,
        "amount": 0.0025,
        "stake_quote": 105.0,
        "profit_quote": profit,
        "profit_frac": profit / 105.0,
        "fees_quote": 0.21,
        "exit_reason": "exit_signal",
        "enter_tag": "17",
    }
    return Trade(**(values | changes))  # type: ignore[arg-type]


def specification_of(profile: str | None = "offline", **changes: object) -> Specification:
    values = {
        "strategy": "AIEnhancedTrend",
        "exchange": "binance",
        "pairs": (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")),
        "timeframe": Timeframe.H1,
        "timerange": Timerange.parse("20240101-20250101"),
        "profile": profile,
        "profile_hash": "c0ffee" if profile else "",
        "starting_balance": BALANCE,
        "fee_frac": 0.001,
        "slippage_frac": 0.001,
        "max_open_trades": 3,
        "code_hash": "c0de",
        "config_hash": "c0f1",
        "data_versions": (("binance BTC/USDT 1h", 3), ("binance ETH/USDT 1h", 4)),
        "ledger_version": 9 if profile else 0,
    }
    return Specification(**(values | changes))  # type: ignore[arg-type]


def result_of(
    profile: str | None = "offline", *, profits: tuple[float, ...] = (5.0, -2.0), **changes: object
) -> BacktestResult:
    """Return a run of 120 days whose trades end a day apart."""
    wallet = np.full(120, BALANCE)
    for day, profit in enumerate(profits):
        wallet[min(day + 1, 119) :] += profit
    trades = [trade_of(profit, day=day) for day, profit in enumerate(profits)]
    return BacktestResult.of(
        specification_of(profile, **changes), trades, equity_of(wallet.tolist())
    )
