"""A simulated market that suffers a shock, in the store of a throw-away installation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from proratio_core.candles import CandleStore
from proratio_core.candles.scenario import assets_of, generate
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.stress.shocks import Shock

__all__ = ["SHOCKED_PAIRS", "store_shocked"]

SHOCKED_PAIRS: Final = tuple(
    Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "SOL", "BNB", "XRP")
)
_START: Final = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS: Final = 30
_STRIKES_ON_DAY: Final = 20


def store_shocked(store: CandleStore, shock: Shock, *, seed: int) -> Timerange:
    """Store a month of hourly candles that `shock` strikes on day 20; return the days to trade.

    Parameters
    ----------
    store
        Where; what it has of the simulated market is replaced.
    shock
        What happens.
    seed
        Of the market it happens to.
    """
    market = generate(
        assets_of(SHOCKED_PAIRS), Timeframe.H1, start=_START, candles=24 * _DAYS, seed=seed
    )
    for pair, frame in shock.strike(market, 24 * _STRIKES_ON_DAY).items():
        store.replace(SeriesKey(SIMULATED, pair, Timeframe.H1), frame)
    return Timerange(_START + timedelta(days=5), _START + timedelta(days=_DAYS, hours=-1))
