"""Freqtrade's frames as our values."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from proratio_core.values import Timeframe
from proratio_quantlab.freqtrade_results import equity_of, trades_of


def wallet(step: str, rows: int) -> pd.DataFrame:
    """Return captures of 100 USDT and one BTC at 10, 11, 12, ... USDT."""
    dates = pd.date_range("2024-01-01", periods=rows, freq=step, tz="UTC")
    quote = pd.DataFrame({"date": dates, "currency": "USDT", "rate": 1.0, "balance": 100.0})
    base = pd.DataFrame(
        {"date": dates, "currency": "BTC", "rate": [10.0 + i for i in range(rows)], "balance": 1.0}
    )
    return pd.concat([quote, base])


def test_equity_is_money_plus_positions_and_ends_with_everything_closed() -> None:
    content = {"wallet_summary": wallet("1h", 3), "final_balance": 111.5}
    end = datetime(2024, 1, 1, 2, tzinfo=UTC)
    equity = equity_of(content, end=end, timeframe=Timeframe.H1)
    assert equity["equity_quote"].tolist() == [110.0, 111.0, 112.0, 111.5]
    assert equity["date"].iloc[-1] == pd.Timestamp("2024-01-01 03:00", tz="UTC")
    assert str(equity["date"].dtype) == "datetime64[ms, UTC]"


def test_equity_of_short_candles_keeps_the_last_of_each_hour() -> None:
    content = {"wallet_summary": wallet("5min", 24), "final_balance": 134.0}
    end = datetime(2024, 1, 1, 1, 55, tzinfo=UTC)
    equity = equity_of(content, end=end, timeframe=Timeframe.M5)
    assert equity["equity_quote"].tolist() == [121.0, 133.0, 134.0]


def row_of(**changes: object) -> dict[str, object]:
    opened, closed = (pd.Timestamp(f"2024-01-0{day}", tz="UTC") for day in (1, 2))
    row = {
        "pair": "BTC/USDT",
        "open_date": opened,
        "close_date": closed,
        "open_rate": 100.0,
        "close_rate": 110.0,
        "amount": 2.0,
        "stake_amount": 200.0,
        "profit_abs": 19.16,
        "profit_ratio": 0.0954,
        "exit_reason": "roi",
        "enter_tag": None,
        "initial_stop_loss_abs": 95.0,
        "is_short": False,
    }
    return row | changes


def test_trade_separates_the_exchanges_fee_from_our_slippage() -> None:
    (trade,) = trades_of(pd.DataFrame([row_of()]), fee_frac=0.001)
    assert trade.fees_quote == pytest.approx(0.42)
    assert trade.enter_tag == ""
    assert (trade.opened_at, trade.closed_at) == (
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changes", "risk"),
    [
        ({}, 10.0),
        ({"is_short": True, "initial_stop_loss_abs": 103.0}, 6.0),
        ({"initial_stop_loss_abs": 101.0}, None),
        ({"initial_stop_loss_abs": None}, None),
        ({"initial_stop_loss_abs": float("nan")}, None),
    ],
)
def test_a_trade_risks_what_its_first_stop_would_lose(
    changes: dict[str, object], risk: float | None
) -> None:
    rows = pd.DataFrame([row_of(**changes)]).astype({"initial_stop_loss_abs": object})

    (trade,) = trades_of(rows, fee_frac=0.001)

    assert trade.risk_quote == risk


def test_no_trades_give_none() -> None:
    assert trades_of(pd.DataFrame(), fee_frac=0.001) == ()
