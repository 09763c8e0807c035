"""One of each kind of news, invented: what `proratio alerts show` and `test` tell. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from proratio_signals.opinions import AbstentionKind
from proratio_tradehub.alerts.news import (
    DailySummary,
    DegradedVotes,
    DriftAlarm,
    Entered,
    Exited,
    Failure,
    Figures,
    Forecast,
    Incidents,
    ManyTrades,
    News,
    Orders,
    Refusals,
    Silence,
    Undelivered,
    Voice,
    WeeklyReport,
)
from proratio_tradehub.halts.events import Action, HaltEvent
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.chart import equity_chart_png
from proratio_tradehub.reports.curve import EquityCurve

__all__ = ["sample_chart_png", "samples"]

_ACCOUNT: Final = "freqtrade dry_run simulated spot"
_HILLS: Final = (52, 48, 55, 60, 58, 66, 71, 64, 60, 72, 80, 84, 78, 88, 95, 92)
"""What the line of the sample chart goes through."""


def samples(at: datetime) -> tuple[News, ...]:
    """Return one of each kind, marked SIMULATED, as if told at `at` (UTC)."""
    mark = Mark.SIMULATED
    voices = (
        Voice(
            "chatgpt", "BUY", 0.88, "The fast average crossed above the slow one on rising volume"
        ),
        Voice("claude", "BUY", 0.79, "The stop is 1.9 % away and no event is near"),
        Voice("gemini", "HOLD", 0.4, "Sentiment is neutral, funding slightly positive"),
    )
    forecast, held = Forecast(0.021, 12), timedelta(hours=9)
    market = ("BTC/USDT", "long", "AIEnhancedTrend")
    halt = HaltEvent(
        "sample-halt", Action.HALT, "drawdown 10.4 %, limit 10 %", "limit drawdown", at
    )
    cut = HaltEvent("sample-cut", Action.REDUCE_ONLY, "on holiday", "anna@desk", at)
    lift = HaltEvent(
        "sample-lift", Action.RESUME, "positions checked", "anna@desk", at, ("sample-halt",)
    )
    absences = (("gemini", AbstentionKind.TIMEOUT.value, 3), ("claude", "RATE_LIMITED", 1))
    return (
        Entered(
            *(mark, at, *market, 43_120.5, 42_301.2, 250.0, "USDT", 0.63, 0.6, voices, forecast)
        ),
        Exited(
            *(mark, at, *market, "USDT", "roi", 43_681.1, 2.74, 0.011, 0.013, held, 9, forecast)
        ),
        ManyTrades(
            *(mark, at - timedelta(hours=7), at, _ACCOUNT, 12, 9, 6, 31.4, "USDT"),
        ),
        Orders(mark, (halt,)),
        Orders(mark, (cut,)),
        Orders(mark, (lift,)),
        DegradedVotes(mark, at - timedelta(hours=3), at, 4, 1, absences, "no answer in 20 s"),
        Refusals(
            *(mark, at - timedelta(hours=1), at, _ACCOUNT, (("portfolio_heat", 3),)),
            "AIEnhancedTrend ETH/USDT: heat 6.4 %, limit 6 %",
        ),
        Incidents(
            *(mark, at - timedelta(minutes=4), at, _ACCOUNT, 2),
            ("ETH/USDT the stop was not accepted; the position was closed at the market's price",),
        ),
        Silence(mark, at, _ACCOUNT, at - timedelta(minutes=6), positions=2),
        DriftAlarm(
            *(mark, at, "gemini", "gemini: its answers to the frozen probes have changed"),
        ),
        Failure(mark, at, "the database", "PostgreSQL did not answer", "see `proratio doctor`"),
        Undelivered(mark, at, 2),
        DailySummary(mark, at, _ACCOUNT, at.date(), _FIGURES),
        WeeklyReport(mark, at, _ACCOUNT, at.date(), _FIGURES, sample_chart_png()),
    )


_FIGURES: Final = Figures(
    opened=5,
    closed=4,
    won=3,
    still_open=1,
    profit_quote=11.82,
    quote="USDT",
    equity_quote=10_011.82,
    drawdown_frac=0.0041,
    llm_cost_usd=0.37,
    votes=31,
    degraded_votes=4,
    refusals=(("portfolio_heat", 3), ("spread", 1)),
    incidents=("reduce-only by anna@desk: on holiday",),
)


def sample_chart_png() -> bytes | None:
    """Return the picture of an invented week."""
    steps = np.linspace(0, len(_HILLS) - 1, 7 * 24 * 4)
    ripple = 0.4 * np.sin(steps * 9.0) + 0.25 * np.sin(steps * 23.0)
    equity = 10_000.0 + 3.0 * (np.interp(steps, np.arange(len(_HILLS)), _HILLS) + 4.0 * ripple)
    times = np.datetime64("2024-02-24", "ms") + np.arange(len(steps)) * np.timedelta64(15, "m")
    curve = EquityCurve(times, equity, None, float(equity.max()))
    return equity_chart_png(curve, mark=Mark.SIMULATED, title=_ACCOUNT, quote="USDT")
