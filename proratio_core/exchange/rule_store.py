"""Market rules in PostgreSQL, and what stands in where an exchange never stated any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import timedelta
from typing import Final

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.exchange.market_rules import MarketRules, assumed_rules
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timerange

__all__ = ["find_rules", "load_rules", "save_rules"]

_ASSUMED_FROM_CANDLES: Final = 1_000
"""How many of the newest candles assumed rules are read off; older ones may have other ticks."""


def find_rules(database: Database, exchange: str, pairs: Iterable[Pair]) -> dict[Pair, MarketRules]:
    """Return the rules of `pairs`: as the exchange stated them, else assumed from the candles.

    Parameters
    ----------
    database
        Where rules and candles are kept.
    exchange
        Lower-case ccxt id, or `simulated`.
    pairs
        The pairs asked about.

    Raises
    ------
    DataError
        A pair has neither stored rules nor candles.
    """
    store = CandleStore(database)
    stated = load_rules(database, exchange)
    finest: dict[Pair, SeriesKey] = {}
    for stored in store.series(exchange=exchange):
        if stored.key.kind is SeriesKind.CANDLE:
            finest.setdefault(stored.key.pair, stored.key)
    return {
        pair: stated[pair] if pair in stated else _assume(store, finest.get(pair), pair)
        for pair in pairs
    }


def load_rules(database: Database, exchange: str) -> dict[Pair, MarketRules]:
    """Return every pair's rules as `exchange` last stated them."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT symbol, price_tick, amount_step, min_amount, min_cost FROM market_rule "
            "WHERE exchange = %s",
            (exchange,),
        )
        return {Pair.parse(symbol): MarketRules(*rule) for symbol, *rule in cursor.fetchall()}


def save_rules(database: Database, exchange: str, rules: Mapping[Pair, MarketRules]) -> None:
    """Keep what `exchange` stated, replacing what it stated before."""
    with database.transaction() as cursor:
        for pair, rule in rules.items():
            cursor.execute(
                "INSERT INTO market_rule (exchange, symbol, price_tick, amount_step, min_amount, "
                "min_cost) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (exchange, symbol) DO "
                "UPDATE SET (price_tick, amount_step, min_amount, min_cost, recorded_at) = "
                "(EXCLUDED.price_tick, EXCLUDED.amount_step, EXCLUDED.min_amount, "
                "EXCLUDED.min_cost, now())",
                (exchange, str(pair), *astuple(rule)),
            )


def _assume(store: CandleStore, key: SeriesKey | None, pair: Pair) -> MarketRules:
    span = None if key is None else store.span(key)
    if key is None or span is None:
        raise DataError(f"{pair} has no candles to assume its market rules from; download it first")
    start = span[1] - timedelta(milliseconds=key.timeframe.ms * (_ASSUMED_FROM_CANDLES - 1))
    return assumed_rules(store.read(key, Timerange(start, None)))
