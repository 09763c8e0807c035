"""What a list of trades and an equity curve are worth, in one frozen value. Pure.

Ratios are measured on the wallet, once a day (see `wallet`). A figure the data does not define (a
ratio without a loss, a mean of nothing) is None, never NaN or infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_quantlab.ratios import (
    calmar_ratio,
    conditional_value_at_risk,
    omega_ratio,
    sharpe_ratio,
    sortino_ratio,
    tail_ratio,
    value_at_risk,
)
from proratio_quantlab.trade_figures import (
    ClosedTrade,
    expectancy,
    exposure,
    profit_factor,
    r_multiples,
    win_rate,
)
from proratio_quantlab.wallet import (
    drawdown_curve,
    longest_under_water_days,
    monthly_returns,
    returns_by_day,
)

__all__ = ["Metrics", "compute_metrics"]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one run; None where the data does not define one.

    Parameters
    ----------
    trades, wins
        Closed trades, and those whose profit after fees is above zero.
    win_rate_frac
        wins / trades.
    profit_quote, profit_frac
        What the wallet gained over the run, in quote currency and as a fraction of the start.
    sharpe, sortino
        Annualised from daily wallet returns; the riskless rate is taken as zero.
    calmar
        Annual compound growth over the largest drawdown.
    max_drawdown_frac
        Largest fall of the wallet below its highest value so far, 0 to 1.
    drawdown_days
        Longest time from a high of the wallet to the last row still below it, in days.
    profit_factor
        What the winners won over what the losers lost.
    expectancy_quote
        Mean profit of a trade, in quote currency.
    exposure_frac
        Share of the run's time during which at least one position was open.
    fees_quote
        Fees of all trades, in quote currency.
    llm_cost_usd
        What the votes that gated the run cost, in US dollars; 0 without language models.
    profit_after_llm_quote
        `profit_quote` less that cost; None where the quote currency is not a dollar.
    omega
        Daily gains over daily losses.
    tail_ratio
        95th over 5th percentile of the daily returns, in size.
    var_frac, cvar_frac
        Daily loss that 5% of the days exceed, and the mean loss of those days.
    positive_months_frac
        Share of the calendar months in which the wallet grew.
    expectancy_r
        Mean profit of a trade in multiples of what its first stop would have lost.
    """

    trades: int
    wins: int
    win_rate_frac: float | None
    profit_quote: float
    profit_frac: float
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_frac: float
    drawdown_days: float
    profit_factor: float | None
    expectancy_quote: float | None
    exposure_frac: float | None
    fees_quote: float
    llm_cost_usd: float = 0.0
    profit_after_llm_quote: float | None = None
    omega: float | None = None
    tail_ratio: float | None = None
    var_frac: float | None = None
    cvar_frac: float | None = None
    positive_months_frac: float | None = None
    expectancy_r: float | None = None


def compute_metrics(
    trades: Sequence[ClosedTrade],
    equity: pd.DataFrame,
    *,
    starting_balance: float,
    llm_cost_usd: float = 0.0,
    in_dollars: bool = True,
) -> Metrics:
    """Return the figures of one run.

    Parameters
    ----------
    trades
        Closed trades, in any order.
    equity
        Columns `date` (datetime64[ms, UTC], ascending, unique) and `equity_quote` (the wallet
        with open positions at their market value, quote currency, finite), a row a day or finer.
    starting_balance
        The wallet before the first row, quote currency, above zero.
    llm_cost_usd
        What the votes cost, in US dollars. It is paid from another pocket than the wallet, so it
        changes no figure of the wallet.
    in_dollars
        Whether the quote currency is worth a dollar.

    Raises
    ------
    DataError
        The equity is empty, unordered or not finite, or the starting balance is not positive.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=3, freq="D", tz="UTC", unit="ms")
    >>> equity = pd.DataFrame({"date": days, "equity_quote": [1000.0, 1100.0, 1045.0]})
    >>> round(compute_metrics((), equity, starting_balance=1000.0).max_drawdown_frac, 4)
    0.05
    """
    daily = returns_by_day(equity, starting_balance=starting_balance)
    returns = daily.returns
    times = open_times_ms(equity)
    final = float(equity["equity_quote"].iloc[-1])
    profits = np.array([trade.profit_quote for trade in trades], np.float64)
    after_llm = final - starting_balance - llm_cost_usd if in_dollars or not llm_cost_usd else None
    depth = abs(float(drawdown_curve(equity, starting_balance=starting_balance).min()))
    return Metrics(
        trades=len(profits),
        wins=int((profits > 0).sum()),
        win_rate_frac=win_rate(profits),
        profit_quote=final - starting_balance,
        profit_frac=final / starting_balance - 1,
        sharpe=sharpe_ratio(returns),
        sortino=sortino_ratio(returns),
        calmar=calmar_ratio(final / starting_balance, days=len(returns), max_drawdown_frac=depth),
        max_drawdown_frac=depth,
        drawdown_days=longest_under_water_days(equity, starting_balance=starting_balance),
        profit_factor=profit_factor(profits),
        expectancy_quote=expectancy(profits),
        exposure_frac=exposure(trades, start_ms=int(times[0]), end_ms=int(times[-1])),
        fees_quote=float(sum(trade.fees_quote for trade in trades)),
        llm_cost_usd=llm_cost_usd,
        profit_after_llm_quote=after_llm,
        omega=omega_ratio(returns),
        tail_ratio=tail_ratio(returns),
        var_frac=value_at_risk(returns),
        cvar_frac=conditional_value_at_risk(returns),
        positive_months_frac=monthly_returns(daily).positive_frac,
        expectancy_r=expectancy(r_multiples(trades)),
    )
