"""Which risk desk a strategy gets: of what profile, simulated or lasting."""

from __future__ import annotations

import weakref
from functools import partial
from pathlib import Path
from typing import Any

from freqtrade.enums import TRADE_MODES

from proratio_core.clock import SystemClock
from proratio_core.settings import Settings, load_settings
from proratio_core.values import Timeframe
from proratio_tradehub.desk import CandleBook, ClockGauge, Costs
from proratio_tradehub.journal import TradingRecord
from proratio_tradehub.risk import RiskEngine, load_risk_profile
from proratio_tradehub.strategies.account import FreqtradeAccount, LiveAccount
from proratio_tradehub.strategies.freqtrade_trades import FreqtradeTrades
from proratio_tradehub.strategies.risk_layer import LiveRisk, SimulatedRisk, costs_of

__all__ = ["account_name", "open_risk"]


def open_risk(strategy: Any) -> SimulatedRisk | LiveRisk:
    """Return the risk desk of a strategy that Freqtrade has set up.

    Raises
    ------
    ConfigurationError
        The risk profile does not exist or is not valid.
    """
    config = strategy.config
    settings = load_settings().model_copy(update={"user_data": Path(config["user_data_dir"])})
    name = config.get("proratio", {}).get("risk") or settings.risk_profile
    engine = RiskEngine(load_risk_profile(name, settings.user_data / "risk"))
    is_live = config["runmode"] in TRADE_MODES
    candles = CandleBook(
        Timeframe(strategy.timeframe).ms, engine.profile.correlation_candles, is_live=is_live
    )
    costs = costs_of(config)
    currency = config["stake_currency"]
    if not is_live:
        accounts = partial(FreqtradeAccount, strategy.wallets, stake_currency=currency)
        return SimulatedRisk(engine, accounts, candles, costs=costs)
    return _live(strategy, engine, candles, settings=settings, costs=costs)


def _live(
    strategy: Any,
    engine: RiskEngine,
    candles: CandleBook,
    *,
    settings: Settings,
    costs: Costs,
) -> LiveRisk:
    from proratio_tradehub.metrics.bot import BotMetrics  # noqa: PLC0415  # only who trades pays

    config, exchange = strategy.config, strategy.dp._exchange  # noqa: SLF001  # no public way to it
    clock = SystemClock()
    gauge = ClockGauge(
        exchange._api.fetch_time,  # noqa: SLF001  # as above
        clock=clock,
        tell=partial(strategy.dp.send_msg, always_send=True),
    )
    accounts = partial(
        LiveAccount,
        strategy.wallets,
        stake_currency=config["stake_currency"],
        exchange=exchange,
        gauge=gauge,
    )
    account, name = account_name(config), strategy.get_strategy_name()
    record = TradingRecord(
        *(account, name),
        settings=settings,
        candles=candles,
        trades=FreqtradeTrades(),
        clock=clock,
    )
    metrics = BotMetrics(settings, account, clock=clock)
    weakref.finalize(strategy, metrics.close)
    risk = LiveRisk(
        engine,
        accounts,
        candles,
        settings=settings,
        account=account,
        strategy=name,
        gauge=gauge,
        record=record,
        clock=clock,
        costs=costs,
        pulse=metrics.beat,
    )
    weakref.finalize(strategy, risk.close)
    return risk


def account_name(config: dict[str, Any]) -> str:
    """Return whose equity this is: one bot's, in one mode, on one market."""
    source = config.get("proratio", {}).get("source") or config["exchange"]["name"]
    mode = config["runmode"].value
    return f"{config.get('bot_name', 'freqtrade')} {mode} {source} {config['trading_mode'].value}"
