"""Freqtrade's own database as the book an order found on the exchange is entered in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from freqtrade.exchange import timeframe_to_minutes
from freqtrade.persistence import Order, Trade

from proratio_tradehub.orders import OrderIntent, Purpose

__all__ = ["FreqtradeBook"]

_TAG = "reconciled"


class FreqtradeBook:
    """Enters what exists on the exchange, as an open order of a trade; Freqtrade does the rest.

    In the same loop Freqtrade asks for every open order it knows and books what became of it:
    fills, fees, the stop. So an adopted order takes the way of one that was filled a loop later.

    Parameters
    ----------
    strategy
        Whose trades they are, set up by Freqtrade.
    """

    def __init__(self, strategy: Any) -> None:
        self._strategy = strategy
        self._exchange = strategy.dp._exchange  # noqa: SLF001  # no public way to it

    def knows(self, symbol: str, order_id: str) -> bool:
        """Return whether an order belongs to a trade."""
        return Order.order_by_id(order_id, symbol) is not None

    def adopt(self, intent: OrderIntent, order: Mapping[str, Any]) -> str:
        """Make an order part of a trade, or cancel it where it has none; return what was done.

        Where that fails nothing of it is left in Freqtrade's database.
        """
        try:
            return self._adopt(intent, order)
        except Exception:
            Trade.rollback()
            raise

    def _adopt(self, intent: OrderIntent, order: Mapping[str, Any]) -> str:
        found = self._exchange._order_contracts_to_amount(dict(order))  # noqa: SLF001  # as above
        if self._exchange.check_order_canceled_empty(found):
            return "ended unfilled"
        trade = next(iter(Trade.get_trades_proxy(is_open=True, pair=intent.symbol)), None)
        if intent.purpose is Purpose.OPEN:
            return self._adopt_opening(intent, found, trade)
        if trade is None:
            return self._cancelled(intent, found, "no trade it could close")
        if intent.purpose is Purpose.STOP:
            if trade.has_open_sl_orders:
                return self._cancelled(intent, found, "the trade has another stop")
            self._enter(trade, intent, found, "stoploss")
            return f"adopted as the stop of trade {trade.id}"
        self._enter(trade, intent, found, trade.exit_side)
        trade.exit_reason = _TAG
        Trade.commit()
        return f"adopted as an exit of trade {trade.id}"

    def _adopt_opening(
        self, intent: OrderIntent, found: dict[str, Any], trade: Trade | None
    ) -> str:
        if trade is not None and trade.entry_side != intent.side:
            return self._cancelled(intent, found, f"trade {trade.id} is on the other side")
        is_new = trade is None
        trade = trade or self._new_trade(intent, found)
        self._enter(trade, intent, found, trade.entry_side)
        return f"adopted as {'trade' if is_new else 'an addition to trade'} {trade.id}"

    def _enter(self, trade: Trade, intent: OrderIntent, found: dict[str, Any], side: str) -> None:
        """Add the order to its trade as one whose fate Freqtrade has yet to ask for."""
        rate = self._rate(intent, found)
        entered = Order.parse_from_ccxt_object(found, trade.pair, side, found["amount"], rate)
        entered.ft_order_tag = intent.tag or _TAG
        entered.ft_is_open = True
        trade.orders.append(entered)
        Trade.session.add(trade)
        Trade.commit()

    def _new_trade(self, intent: OrderIntent, found: dict[str, Any]) -> Trade:
        """Return a trade as Freqtrade makes it when it has placed an entry itself."""
        exchange, strategy = self._exchange, self._strategy
        pair, rate = intent.symbol, self._rate(intent, found)
        fee = exchange.get_fee(symbol=pair, taker_or_maker="maker")
        trade = Trade(
            pair=pair,
            base_currency=exchange.get_pair_base_currency(pair),
            stake_currency=strategy.config["stake_currency"],
            stake_amount=float(found["amount"]) * rate / intent.leverage,
            amount=0,
            is_open=True,
            amount_requested=float(found["amount"]),
            fee_open=fee,
            fee_close=fee,
            open_rate=rate,
            open_rate_requested=rate,
            open_date=datetime.now(UTC),
            exchange=exchange.id,
            strategy=strategy.get_strategy_name(),
            enter_tag=intent.tag,
            timeframe=timeframe_to_minutes(strategy.config["timeframe"]),
            leverage=intent.leverage,
            is_short=intent.side == "sell",
            trading_mode=exchange.trading_mode,
            funding_fees=0.0,
            amount_precision=exchange.get_precision_amount(pair),
            price_precision=exchange.get_precision_price(pair),
            precision_mode=exchange.precisionMode,
            precision_mode_price=exchange.precision_mode_price,
            contract_size=exchange.get_contract_size(pair),
        )
        trade.adjust_stop_loss(trade.open_rate, strategy.stoploss, initial=True)
        return trade

    def _cancelled(self, intent: OrderIntent, found: dict[str, Any], why: str) -> str:
        """Take out what is still open of an order that no trade can have."""
        number, filled = str(found["id"]), float(found.get("filled") or 0.0)
        if found.get("status") == "open":
            cancel = self._exchange.cancel_order
            if intent.purpose is Purpose.STOP:
                cancel = self._exchange.cancel_stoploss_order
            cancel(number, intent.symbol)
        rest = f"; {filled:g} of it had been filled: look at the exchange" if filled > 0.0 else ""
        return f"cancelled, {why}{rest}"

    def _rate(self, intent: OrderIntent, found: Mapping[str, Any]) -> float:
        """Return the price an order was meant for: its own, its stop's, else that of the market."""
        stated = found.get("average") or found.get("price") or intent.price or intent.stop_price
        if stated:
            return float(stated)
        side = "entry" if intent.purpose is Purpose.OPEN else "exit"
        is_short = (intent.side == "sell") is (intent.purpose is Purpose.OPEN)
        rate: float = self._exchange.get_rate(
            intent.symbol, refresh=True, side=side, is_short=is_short
        )
        return rate
