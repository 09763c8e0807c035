"""The only door to Freqtrade's engine: resident, offline, and trade for trade the command line's.

One import, one exchange object whose markets are ours, and candles that stay loaded between runs.
Freqtrade keeps its trades in class attributes, so a process runs one backtest at a time.
"""

from __future__ import annotations

import gc
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from freqtrade.data.btanalysis.historic_precision import get_tick_size_over_time
from freqtrade.enums import BacktestState, TradingMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import Exchange
from freqtrade.optimize import backtesting
from freqtrade.resolvers import ExchangeResolver

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import open_times_ms
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.exchange import find_rules, to_ccxt_market
from proratio_core.values import Market, Timerange
from proratio_quantlab.freqtrade_config import engine_config
from proratio_quantlab.freqtrade_costs import ImpactBacktesting, ImpactTable
from proratio_quantlab.freqtrade_parameters import apply_parameters
from proratio_quantlab.freqtrade_results import equity_of, trades_of
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.slippage import WINDOW_DAYS, impact_scale
from proratio_quantlab.specification import Specification
from proratio_quantlab.tick_size import tick_size_over_time

__all__ = ["BacktestRunner"]

_KEPT_BYTES: Final = 256 * 2**20
"""How much memory the candles that stay loaded may take; the last ones used stay whatever it is."""

_LOADED: Final = (
    *("price_pair_prec", "available_pairs", "timerange", "detail_data", "futures_data"),
    "funding_fee_timeframe_secs",
)
"""What `load_bt_data` leaves on the engine besides the candles it returns; the last for futures."""

_NO_SLOT: Final = "max_open_trades"
"""What Freqtrade itself refuses: it asks nobody when all its slots are taken."""

_DETAIL_BAR: Final = 1
"""Freqtrade's second bar; its first counts the phases of a run."""


class BacktestRunner:
    """Runs specifications in this process.

    Parameters
    ----------
    user_data
        A Freqtrade user directory with strategies, configurations and exported candles.
    database
        Where market rules and, for candles without any, the newest prices are read.

    Use it as a context manager, or call `close`: Freqtrade's exchange objects hold event loops.
    """

    def __init__(self, user_data: Path, database: Database) -> None:
        self._user_data = user_data.resolve()
        self._database = database
        self._exchanges: dict[Market, Exchange] = {}
        self._data: OrderedDict[tuple[Any, ...], tuple[Any, ...]] = OrderedDict()
        self.last_engine_s = 0.0
        """Seconds the last run spent in Freqtrade's own code for a backtest."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the exchange objects and their event loops."""
        while self._exchanges:
            self._exchanges.popitem()[1].close()

    def run(
        self, specification: Specification, *, progress: Callable[[float], None] | None = None
    ) -> BacktestResult:
        """Return what the strategy would have done.

        Parameters
        ----------
        specification
            What to run; its candles must have been exported.
        progress
            Called with the finished part of the run, 0..1.

        Raises
        ------
        ConfigurationError
            The strategy, its configuration or its candles are not usable.
        ProratioError
            A callback of the strategy raised. A running bot refuses that entry and goes on; a
            backtest with refusals of that kind shows nothing, so it fails.
        """
        with self._engine(specification, progress) as engine:
            data, timerange = self._load(engine, specification)
            (strategy,) = engine.strategylist
            copies = {pair: frame.copy() for pair, frame in data.items()}
            _seed(specification.seed)
            began = time.perf_counter()
            _, end = engine.backtest_one_strategy(strategy, copies, timerange)
            self.last_engine_s = time.perf_counter() - began
        _refuse_refusals(strategy)
        content = engine.all_bt_content[strategy.get_strategy_name()]
        return BacktestResult.of(
            specification,
            trades_of(content["results"], fee_frac=specification.fee_frac),
            equity_of(content, end=end, timeframe=specification.timeframe),
            refusals=_refusals(strategy, content),
        )

    def prepare(self, specification: Specification) -> tuple[Any, dict[str, pd.DataFrame]]:
        """Return the strategy, ready to judge candles, and its candles by pair, without a run.

        Raises
        ------
        ConfigurationError
            The strategy, its configuration or its candles are not usable.
        """
        with self._engine(specification, None) as engine:
            data, _ = self._load(engine, specification)
            (strategy,) = engine.strategylist
            strategy.dp, strategy.wallets = engine.dataprovider, engine.wallets
        return strategy, {pair: frame.copy() for pair, frame in data.items()}

    @contextmanager
    def _engine(
        self, specification: Specification, progress: Callable[[float], None] | None
    ) -> Iterator[backtesting.Backtesting]:
        config = engine_config(specification, self._user_data)
        with _translated(specification), _fast_tick_sizes():
            exchange = self._exchange(config, specification)
            kind = ImpactBacktesting if specification.impact else backtesting.Backtesting
            engine = kind(config, exchange=exchange, progress_callback=_progress(progress))
            if specification.impact:
                engine.impacts = self._impacts(specification)
            if progress is None:
                engine.progress = None  # a bar nobody sees costs 5% of the run
            try:
                apply_parameters(engine.strategylist[0], specification)
                yield engine
            finally:
                engine.cleanup()

    def _exchange(self, config: dict[str, Any], specification: Specification) -> Exchange:
        """Return the exchange object of this kind of market, knowing the specification's pairs."""
        kind = specification.pairs[0].market
        if kind not in self._exchanges:
            self._exchanges[kind] = ExchangeResolver.load_exchange(config, validate=False)
            gc.freeze()  # a search for garbage in all that is loaded for good takes 0.2 s a run
        exchange = self._exchanges[kind]
        config["candle_type_def"] = exchange._config["candle_type_def"]  # noqa: SLF001
        config["trading_mode"], config["margin_mode"] = exchange.trading_mode, exchange.margin_mode
        rules = find_rules(self._database, specification.exchange, specification.pairs)
        markets = [to_ccxt_market(pair, rules[pair]) for pair in specification.pairs]
        _set_markets(exchange, markets)
        return exchange

    def _impacts(self, specification: Specification) -> ImpactTable:
        store, timerange = CandleStore(self._database), specification.timerange
        start = timerange.start and timerange.start - timedelta(days=WINDOW_DAYS + 1)
        scales = {}
        for key in specification.series:
            frame = store.read(key, Timerange(start, timerange.end))
            scales[str(key.pair)] = (open_times_ms(frame), impact_scale(frame, key.timeframe))
        return ImpactTable(scales, impact=specification.impact)

    def _load(self, engine: backtesting.Backtesting, specification: Specification) -> Any:
        """Return candles and time range as the engine loads them, from memory when unchanged."""
        key = (
            specification.series,
            specification.timerange,
            specification.data_versions,
            engine.required_startup,
        )
        if key in self._data:
            self._data.move_to_end(key)
            data, loaded = self._data[key]
            for name, value in loaded.items():
                setattr(engine, name, value)
            return data, engine.timerange
        data, timerange = engine.load_bt_data()
        loaded = {name: getattr(engine, name) for name in _LOADED if hasattr(engine, name)}
        self._data[key] = (data, loaded)
        while len(self._data) > 1 and sum(map(_bytes, self._data.values())) > _KEPT_BYTES:
            self._data.popitem(last=False)
        return data, timerange


def _bytes(loaded: tuple[Any, ...]) -> int:
    return sum(int(frame.memory_usage(index=False).sum()) for frame in loaded[0].values())


def _seed(seed: int) -> None:
    """Start the generators a strategy may draw from without having one of its own."""
    random.seed(seed)
    np.random.seed(seed)  # those it may use are numpy's global one as well


def _set_markets(exchange: Exchange, markets: list[dict[str, Any]]) -> None:
    """Give the exchange object its markets as a reload from the exchange would.

    Freqtrade offers no public way; these are the attributes its `reload_markets` sets.
    """
    exchange._api_async.set_markets(markets)  # noqa: SLF001
    exchange._api.set_markets_from_exchange(exchange._api_async)  # noqa: SLF001
    exchange._markets = exchange._api_async.markets  # noqa: SLF001
    exchange._last_markets_refresh = int(time.time() * 1000)  # noqa: SLF001
    if exchange.trading_mode is TradingMode.FUTURES and not exchange._leverage_tiers:  # noqa: SLF001
        exchange.fill_leverage_tiers()


@contextmanager
def _fast_tick_sizes() -> Iterator[None]:
    """Let the engine find tick sizes by numpy; nearly all of its loading time goes there."""
    original = backtesting.get_tick_size_over_time
    backtesting.get_tick_size_over_time = partial(
        tick_size_over_time, exact=get_tick_size_over_time
    )
    try:
        yield
    finally:
        backtesting.get_tick_size_over_time = original


@contextmanager
def _translated(specification: Specification) -> Iterator[None]:
    """Turn Freqtrade's errors into ours."""
    try:
        yield
    except FreqtradeException as error:
        raise ConfigurationError(
            f"Freqtrade cannot backtest {specification.strategy} on "
            f"{', '.join(map(str, specification.pairs))} {specification.timeframe} "
            f"{specification.timerange}: {' '.join(str(error).split())}"
        ) from error


def _progress(report: Callable[[float], None] | None) -> Callable[[Any], None]:
    """Return a callback for Freqtrade's progress tasks; passing one also silences its bars."""

    def update(task: Any) -> None:
        running = task.id == _DETAIL_BAR and task.description == str(BacktestState.BACKTEST)
        if report is not None and running and task.total:
            report(task.completed / task.total)

    return update


def _refusals(strategy: Any, content: dict[str, Any]) -> dict[str, int]:
    """Return what the risk profile refused, and what Freqtrade did for want of a slot."""
    slots = {_NO_SLOT: content["rejected_signals"]} if content["rejected_signals"] else {}
    return {**getattr(strategy, "refused_entries", {}), **slots}


def _refuse_refusals(strategy: Any) -> None:
    refused = getattr(strategy, "refused_callbacks", None)
    if refused:
        counts = ", ".join(f"{name} {count} times" for name, count in sorted(refused.items()))
        raise ProratioError(
            f"{strategy.get_strategy_name()} raised in {counts}; every such call was refused, so "
            "the result would mean nothing. The log above names the errors"
        )
