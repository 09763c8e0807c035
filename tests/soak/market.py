"""The SIMULATED market of a soak, and the strategy that trades it far too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd

from proratio_core.candles.scenario import assets_of, generate
from proratio_core.exchange import MarketRules
from proratio_core.replay import RecordedMarket
from proratio_core.values import Pair, Timeframe

PAIRS = tuple(Pair.parse(name) for name in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT"))
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
HISTORY = timedelta(days=45)
"""Candles before the beginning: a bot asks for a thousand at its start."""

STRATEGY = """
from proratio_tradehub.strategies import RuleStrategy

class Restless:
    startup_candles = 48
    def indicators(self, frame):
        return frame
    def candidates(self, frame):
        return (frame["date"].dt.hour % 2 == 0).to_numpy()
    def exits(self, frame):
        return (frame["date"].dt.hour % 12 == 7).to_numpy()

class Probe(RuleStrategy):
    rule = Restless()
    timeframe = "1h"
    stoploss = -0.02
    minimal_roi = {"0": 0.06}
"""


def simulated_market(seed: int, days: int) -> list[RecordedMarket]:
    """Return hourly candles from before the beginning until two days after the end."""
    whole = HISTORY + timedelta(days=days + 2)
    frames = generate(
        assets_of(PAIRS),
        Timeframe.H1,
        start=BEGIN - HISTORY,
        candles=int(whole / timedelta(hours=1)),
        seed=seed,
    )
    return [_recorded(pair, frame) for pair, frame in frames.items()]


def _recorded(pair: Pair, frame: pd.DataFrame) -> RecordedMarket:
    tick = assets_of([pair])[0].price_tick
    step = 1e-5 if frame["close"].iloc[0] > 10 else 0.1
    return RecordedMarket(pair, MarketRules(tick, step, step, 5.0), {Timeframe.H1: frame})
