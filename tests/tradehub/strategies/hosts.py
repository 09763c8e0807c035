"""What Freqtrade puts around a trading strategy, as far as the risk desk looks at it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from freqtrade.persistence import LocalTrade, Trade, disable_database_use, enable_database_use
from freqtrade.persistence.models import init_db


class Wallets:
    """A wallet with ten thousand in it."""

    free = 10_000.0

    def get_free(self, currency: str) -> float:
        return self.free


class Api:
    """The exchange's own client, whose clock is right."""

    def fetch_time(self) -> int:
        return round(time.time() * 1000)

    def fetch(self, url: str) -> str:
        raise AssertionError("nothing is asked over the network")

    def handle_errors(self, *answer: Any) -> None:
        """Nothing is wrong."""


class Exchange:
    """Freqtrade's exchange, which remembers the rates it saw."""

    def __init__(self) -> None:
        self._exit_rate_cache: dict[str, float] = {}
        self._api = Api()


class DataProvider:
    """Freqtrade's data, with an order book a tenth of a percent wide."""

    def __init__(self) -> None:
        self._exchange = Exchange()
        self.messages: list[str] = []
        self.book = {"bids": [[99.95, 1.0]], "asks": [[100.05, 1.0]]}

    def current_whitelist(self) -> list[str]:
        return ["BTC/USDT"]

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        self.messages.append(message)

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        return self.book


def host(strategy: Any) -> None:
    """Give a strategy what Freqtrade would."""
    strategy.wallets = Wallets()
    strategy.dp = DataProvider()


@contextmanager
def trade_database() -> Iterator[None]:
    """Let Freqtrade keep trades in a database of this test's own."""
    init_db("sqlite://")
    enable_database_use()
    try:
        yield
    finally:
        Trade.session.remove()
        disable_database_use("1h")
        LocalTrade.reset_trades()
