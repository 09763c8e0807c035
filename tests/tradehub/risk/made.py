"""An account and an entry that every rule is content with, to change one thing at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from proratio_core.values import Pair
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.returns import RecentReturns
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.state import PortfolioState, TradingState

NOW = datetime(2024, 3, 14, 12, tzinfo=UTC)
BTC, ETH, SOL = (Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "SOL"))
BTC_PERP, ETH_PERP = Pair.parse("BTC/USDT:USDT"), Pair.parse("ETH/USDT:USDT")
CANDLES = 168


def returns_of(*pairs: Pair, seed: int = 7, candles: int = CANDLES) -> RecentReturns:
    """Return independent random returns of 1% a candle."""
    random = np.random.default_rng(seed)
    return RecentReturns(pairs, random.normal(0.0, 0.01, (len(pairs), candles)))


def correlated(
    correlation: float, candles: int = CANDLES
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return two series whose sample correlation is exactly this, by Gram-Schmidt."""
    random = np.random.default_rng(11)
    one, other = random.normal(size=(2, candles))
    one = one - one.mean()
    other = other - other.mean()
    one /= np.linalg.norm(one)
    other -= one * (one @ other)
    other /= np.linalg.norm(other)
    mixed = correlation * one + np.sqrt(1.0 - correlation**2) * other
    return 0.01 * one, 0.01 * mixed


def a_position(**changes: Any) -> Position:
    """Return one ETH bought at 2,000, now at 2,100, with its stop at 1,900."""
    usual = Position(
        pair=ETH,
        side=Side.LONG,
        amount=1.0,
        entry_price=2_000.0,
        mark_price=2_100.0,
        stop_price=1_900.0,
        stake_quote=2_000.0,
        exit_cost_frac=0.0015,
        opened_at=NOW - timedelta(hours=5),
    )
    return replace(usual, **changes)


def a_state(**changes: Any) -> PortfolioState:
    """Return an account of 100,000 that never lost anything and holds nothing."""
    usual = PortfolioState(
        now=NOW,
        equity_quote=100_000.0,
        peak_equity_quote=100_000.0,
        start_equity_quote=100_000.0,
        day_start_equity_quote=100_000.0,
        week_start_equity_quote=100_000.0,
        month_start_equity_quote=100_000.0,
        free_quote=100_000.0,
        realised_profit_quote=0.0,
        positions=(),
        entries_today=0,
        last_entry_at=None,
        returns=returns_of(BTC, ETH, SOL, BTC_PERP, ETH_PERP),
        trading_state=TradingState.RUNNING,
        clock_skew_s=0.0,
    )
    return replace(usual, **changes)


def an_intent(**changes: Any) -> EntryIntent:
    """Return a purchase of BTC at 50,000 with its stop 4% below and its target 10% above."""
    usual = EntryIntent(
        pair=BTC,
        side=Side.LONG,
        price=50_000.0,
        stop_price=48_000.0,
        target_price=55_000.0,
        stake_quote=5_000.0,
        fee_frac=0.001,
        slippage_frac=0.001,
        spread_frac=0.0005,
        day_volume_quote=1e9,
        data_age_s=5.0,
        candle_s=3_600.0,
        min_stake_quote=10.0,
    )
    return replace(usual, **changes)
