"""A market, an account and a desk over them, to change one thing at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_tradehub.desk import CandleBook, Costs, Entry, OpenTrade, RiskDesk, SimulatedHalts
from proratio_tradehub.desk.refusals import RefusedEntry
from proratio_tradehub.risk import RiskEngine, Side, load_risk_profile

HOUR = timedelta(hours=1)
NOW = datetime(2024, 3, 14, 12, tzinfo=UTC)
COSTS = Costs(0.001, 0.001, spread_frac=0.001)
BTC, ETH = "BTC/USDT", "ETH/USDT"


def candles(*, seed: int = 1, hours: int = 400, until: datetime = NOW) -> pd.DataFrame:
    """Return hourly candles of a random walk, the last of which closes at `until`."""
    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.01, hours)))
    opens = np.concatenate((close[:1], close[:-1]))
    times = to_ms(until - hours * HOUR) + np.arange(hours, dtype=np.int64) * 3_600_000
    values = {
        "open": opens,
        "high": np.maximum(opens, close) * 1.001,
        "low": np.minimum(opens, close) * 0.999,
        "close": close,
        "volume": np.full(hours, 1e6),
    }
    return make_frame(times, values)


def candle_book(**frames: pd.DataFrame) -> CandleBook:
    """Return a book of BTC and ETH, or of what is given by base currency."""
    book = CandleBook(3_600_000, 168)
    for base, frame in (frames or {"BTC": candles(), "ETH": candles(seed=2)}).items():
        book.remember(f"{base}/USDT", frame)
    return book


@dataclass
class MadeTrade:
    """A trade as Freqtrade has it: one ETH at 100, its stop at 95."""

    pair: str = ETH
    is_short: bool = False
    amount: float = 1.0
    amount_requested: float | None = 1.0
    open_rate: float = 100.0
    stop_loss: float | None = 95.0
    stake_amount: float = 100.0
    leverage: float = 1.0
    fee_open: float = 0.002
    fee_close: float = 0.002
    funding_fees: float | None = 0.0
    realized_profit: float = 0.0
    open_date: datetime = NOW - 5 * HOUR
    orders: Sequence[Any] = ()
    entry_side: str = "buy"

    @property
    def has_open_position(self) -> bool:
        return self.amount > 0


@dataclass
class MadeAccount:
    """An account of 10,000 that holds nothing, marks at 100 and never traded."""

    start_quote: float = 10_000.0
    free_quote: float = 10_000.0
    realised_profit_quote: float = 0.0
    clock_skew_s: float = 0.0
    trades: list[OpenTrade] = field(default_factory=list)
    entries: list[datetime] = field(default_factory=list)
    price: float = 100.0

    def open_trades(self) -> Sequence[OpenTrade]:
        return self.trades

    def tied_up_quote(self, trade: OpenTrade) -> float:
        return trade.stake_amount

    def entries_since(self, moment: datetime) -> Sequence[datetime]:
        return [entered for entered in self.entries if entered > moment]

    def mark_price(self, pair: str, now_ms: int) -> float:
        return self.price


@dataclass
class MadeDesk:
    """A desk of the profile `proratio` with everything around it in reach."""

    account: MadeAccount = field(default_factory=MadeAccount)
    book: CandleBook = field(default_factory=candle_book)
    halts: SimulatedHalts = field(default_factory=SimulatedHalts)
    told: list[RefusedEntry] = field(default_factory=list)
    rules: Sequence[Any] | None = None
    profile: str = "proratio"

    def __post_init__(self) -> None:
        self.halts.now = NOW
        self.desk = RiskDesk(
            RiskEngine(load_risk_profile(self.profile), self.rules),
            self.account,
            self.book,
            costs=COSTS,
            restraint=self.halts,
            on_refusal=self.told.append,
        )

    def stake(self, entry: Entry | None = None, **limits: Any) -> float:
        asked = {"min_stake_quote": 5.0, "max_stake_quote": 10_000.0} | limits
        return self.desk.stake(entry or an_entry(), **asked)


def an_entry(**changes: Any) -> Entry:
    """Return an entry into BTC at 100 with its stop 5% below and its target 10% above."""
    usual: dict[str, Any] = {
        "pair": BTC,
        "side": Side.LONG,
        "now": NOW,
        "rate": 100.0,
        "leverage": 1.0,
        "stop_frac": 0.05,
        "target_frac": 0.10,
    }
    return Entry(**(usual | changes))
