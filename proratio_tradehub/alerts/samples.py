"""One of each kind of news, invented: what `proratio alerts show` and `test` tell. Pure."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta
from typing import Final

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
    News,
    Orders,
    Refusals,
    Undelivered,
    Voice,
    WeeklyReport,
)
from proratio_tradehub.halts.events import Action, HaltEvent
from proratio_tradehub.marks import Mark

__all__ = ["sample_chart_png", "samples"]

_ACCOUNT: Final = "freqtrade dry_run simulated spot"
_WIDTH, _HEIGHT = 360, 120
_HILLS: Final = (52, 48, 55, 60, 58, 66, 71, 64, 60, 72, 80, 84, 78, 88, 95, 92)
"""Heights in pixels that the line of the sample chart goes through."""


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
    forecast, actual = Forecast(0.021, 12), Forecast(0.013, 9)
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
        Exited(*(mark, at, *market, "USDT", "roi", 43_681.1, 2.74, 0.011, actual, forecast)),
        Orders(mark, (halt,)),
        Orders(mark, (cut,)),
        Orders(mark, (lift,)),
        DegradedVotes(mark, at - timedelta(hours=3), at, 4, 1, absences, "no answer in 20 s"),
        Refusals(
            *(mark, at - timedelta(hours=1), at, _ACCOUNT, (("portfolio_heat", 3),)),
            "AIEnhancedTrend ETH/USDT: heat 6.4 %, limit 6 %",
        ),
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


def sample_chart_png() -> bytes:
    """Return a grey picture with one rising line, 360 by 120 pixels.

    Source: W3C, "Portable Network Graphics (PNG) Specification", third edition, sections 5 and 11.
    """
    step = _WIDTH / (len(_HILLS) - 1)
    rows = [bytearray(b"\xf4" * _WIDTH) for _ in range(_HEIGHT)]
    for x in range(_WIDTH):
        left = min(int(x / step), len(_HILLS) - 2)
        part = x / step - left
        height = round(_HILLS[left] * (1 - part) + _HILLS[left + 1] * part)
        for thickness in range(3):
            rows[_HEIGHT - 1 - height - thickness][x] = 0x30
    packed = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
