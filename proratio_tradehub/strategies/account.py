"""Freqtrade's wallet and trades as the account the risk desk looks at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from freqtrade.persistence import LocalTrade, Trade

from proratio_core.clock import in_utc
from proratio_tradehub.desk import CandleBook, ClockGauge, OpenTrade

__all__ = ["FreqtradeAccount", "LiveAccount"]


class FreqtradeAccount:
    """The simulated account of a backtest.

    Parameters
    ----------
    wallets
        Freqtrade's wallets.
    candles
        What is known of the markets; positions are worth the last close.
    stake_currency
        The quote currency everything is counted in.
    """

    def __init__(self, wallets: Any, candles: CandleBook, *, stake_currency: str) -> None:
        self._wallets = wallets
        self._candles = candles
        self._stake_currency = stake_currency
        tied_up = sum(self.tied_up_quote(trade) for trade in self.open_trades())
        self.start_quote = self.free_quote + tied_up - self.realised_profit_quote

    @property
    def clock_skew_s(self) -> float:
        """Simulated clocks agree."""
        return 0.0

    @property
    def free_quote(self) -> float:
        """Money not in any position or order."""
        return float(self._wallets.get_free(self._stake_currency))

    @property
    def realised_profit_quote(self) -> float:
        """Profit of what was closed, whole trades and parts, after costs."""
        parts = sum([trade.realized_profit for trade in self.open_trades()])
        return float(self._closed_profit_quote() + parts)

    def open_trades(self) -> Sequence[OpenTrade]:
        """Return everything held, and entries whose order is open."""
        trades: Sequence[OpenTrade] = LocalTrade.bt_trades_open
        return trades

    def tied_up_quote(self, trade: OpenTrade) -> float:
        """Return the stake, which is what a simulated wallet takes off, filled or not."""
        return trade.stake_amount

    def entries_since(self, moment: datetime) -> Sequence[datetime]:
        """Return when each entry after `moment` was made."""
        entries = [in_utc(trade.open_date) for trade in self._recent_trades(moment)]
        return [entered for entered in entries if entered > moment]

    def mark_price(self, pair: str, now_ms: int) -> float:
        """Return the last price of `pair`."""
        return self._candles.close_price(pair, now_ms)

    def _closed_profit_quote(self) -> float:
        return float(LocalTrade.bt_total_profit)

    def _recent_trades(self, moment: datetime) -> Sequence[Any]:
        """Return trades that are open or closed after `moment`; they lie in order of closing."""
        recent = list(LocalTrade.bt_trades_open)
        for trade in reversed(LocalTrade.bt_trades):
            if in_utc(trade.close_date) <= moment:
                break
            recent.append(trade)
        return recent


class LiveAccount(FreqtradeAccount):
    """The account of a dry-run or of real money: trades are in Freqtrade's database.

    Parameters
    ----------
    wallets, candles, stake_currency
        As for a backtest.
    exchange
        Freqtrade's exchange; only what it remembers is read, nothing is asked.
    gauge
        Measures the exchange's clock.
    sends_orders
        Whether the exchange keeps the wallet; else Freqtrade pretends one.
    """

    def __init__(
        self,
        wallets: Any,
        candles: CandleBook,
        *,
        stake_currency: str,
        exchange: Any,
        gauge: ClockGauge,
        sends_orders: bool = False,
    ) -> None:
        self._exchange = exchange
        self._gauge = gauge
        self._sends_orders = sends_orders
        super().__init__(wallets, candles, stake_currency=stake_currency)

    @property
    def clock_skew_s(self) -> float:
        """This machine's clock less the exchange's, as last measured."""
        return self._gauge.skew_s

    def mark_price(self, pair: str, now_ms: int) -> float:
        """Return the price Freqtrade last saw for closing; of what is held, a loop's age."""
        rates = self._exchange._exit_rate_cache  # noqa: SLF001  # the public way may use the network
        return float(rates.get(pair) or super().mark_price(pair, now_ms))

    def realised_since(self, moment: datetime) -> float:
        """Return the profit of trades closed after `moment`, after costs; reads all of them."""
        closed = Trade.get_trades_proxy(is_open=False, close_date=moment)
        return float(sum(trade.close_profit_abs or 0.0 for trade in closed))

    def open_trades(self) -> Sequence[OpenTrade]:
        """Return everything held, and entries whose order is open."""
        trades: Sequence[OpenTrade] = Trade.get_trades_proxy(is_open=True)
        return trades

    def tied_up_quote(self, trade: OpenTrade) -> float:
        """Return what the exchange takes off: what was filled, and what waits as it was sent.

        An order is smaller than the stake it was made for, by the rounding to the market's steps,
        and an addition that waits is no part of the stake yet.
        """
        if not self._sends_orders:
            return super().tied_up_quote(trade)
        filled = trade.stake_amount if trade.has_open_position else 0.0
        waiting = [
            order.safe_amount * order.safe_price / (trade.leverage or 1.0)
            for order in trade.orders
            if order.ft_is_open and order.ft_order_side == trade.entry_side
        ]
        return float(filled + sum(waiting))

    def _closed_profit_quote(self) -> float:
        return float(Trade.get_total_closed_profit())

    def _recent_trades(self, moment: datetime) -> Sequence[Any]:
        trades: Sequence[Any] = Trade.get_trades_proxy(open_date=moment)
        return trades
