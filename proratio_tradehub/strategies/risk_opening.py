"""Which risk desk a strategy gets: of what profile, simulated or lasting."""

from __future__ import annotations

import weakref
from functools import partial
from pathlib import Path
from typing import Any

from freqtrade.enums import TRADE_MODES, RunMode

from proratio_core.clock import SystemClock
from proratio_core.heap import HeapSweeper
from proratio_core.replay import MovedClock
from proratio_core.settings import Settings, load_settings
from proratio_core.values import Timeframe
from proratio_tradehub.desk import Account, CandleBook, ClockGauge, Costs
from proratio_tradehub.journal import TradingRecord
from proratio_tradehub.risk import RiskEngine, load_risk_profile
from proratio_tradehub.risk.rulebook import rules_of
from proratio_tradehub.stages import (
    StagedAccount,
    StageGate,
    StageRule,
    is_real_money,
    load_plan,
)
from proratio_tradehub.strategies.account import FreqtradeAccount, LiveAccount
from proratio_tradehub.strategies.freqtrade_trades import FreqtradeTrades
from proratio_tradehub.strategies.recorded import note_incident
from proratio_tradehub.strategies.replay_risk import ReplayRisk
from proratio_tradehub.strategies.risk_layer import LiveRisk, SimulatedRisk, costs_of

__all__ = ["VIRTUAL_TIME", "Risk", "account_name", "open_risk"]

VIRTUAL_TIME = "virtual_time"
"""What a configuration says under `proratio` when the process's time is moved by hand."""

Risk = SimulatedRisk | LiveRisk | ReplayRisk


def open_risk(strategy: Any) -> Risk:
    """Return the risk desk of a strategy that Freqtrade has set up.

    Raises
    ------
    ConfigurationError
        The risk profile does not exist or is not valid.
    """
    config = strategy.config
    user_data = Path(config["user_data_dir"])
    name = config.get("proratio", {}).get("risk") or load_settings().risk_profile
    engine = RiskEngine(load_risk_profile(name, user_data / "risk"))
    is_live = config["runmode"] in TRADE_MODES
    candles = CandleBook(
        Timeframe(strategy.timeframe).ms, engine.profile.correlation_candles, is_live=is_live
    )
    costs = costs_of(config)
    currency = config["stake_currency"]
    if not is_live:
        accounts = partial(FreqtradeAccount, strategy.wallets, stake_currency=currency)
        return SimulatedRisk(engine, accounts, candles, costs=costs)
    if config.get("proratio", {}).get(VIRTUAL_TIME):
        return _replayed(strategy, engine, candles, costs=costs)
    settings = load_settings().model_copy(update={"user_data": user_data})
    return _live(strategy, engine, candles, settings=settings, costs=costs)


def _replayed(
    strategy: Any, engine: RiskEngine, candles: CandleBook, *, costs: Costs
) -> ReplayRisk:
    exchange = strategy.dp._exchange  # noqa: SLF001  # no public way to it
    gauge = ClockGauge(exchange._api.fetch_time, clock=MovedClock())  # noqa: SLF001  # as above
    accounts = partial(
        LiveAccount,
        strategy.wallets,
        stake_currency=strategy.config["stake_currency"],
        exchange=exchange,
        gauge=gauge,
    )
    return ReplayRisk(engine, accounts, candles, costs=costs, gauge=gauge)


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
        tell=partial(note_incident, weakref.proxy(strategy), None),  # the gauge outlives it
    )
    account, name = account_name(config), strategy.get_strategy_name()
    gate = _gate_of(account, exchange, settings)
    purse = LiveAccount(
        strategy.wallets,
        candles,
        stake_currency=config["stake_currency"],
        exchange=exchange,
        gauge=gauge,
        sends_orders=config["runmode"] is RunMode.LIVE,
    )
    held: Account = purse
    if gate is not None:
        held = staged = StagedAccount(purse, gate)
        engine = RiskEngine(engine.profile, [*rules_of(engine.profile), StageRule(staged)])
    record = TradingRecord(
        *(account, name),
        settings=settings,
        candles=candles,
        trades=FreqtradeTrades(),
        clock=clock,
    )
    metrics = BotMetrics(settings, account, clock=clock)
    weakref.finalize(strategy, metrics.close)
    sweeper = HeapSweeper(clock)

    def pulse() -> None:
        metrics.beat()
        sweeper.sweep_when_due()

    risk = LiveRisk(
        engine,
        lambda _: held,
        candles,
        settings=settings,
        account=account,
        strategy=name,
        gauge=gauge,
        record=record,
        clock=clock,
        costs=costs,
        pulse=pulse,
        gate=gate,
    )
    weakref.finalize(strategy, risk.close)
    return risk


def _gate_of(account: str, exchange: Any, settings: Settings) -> StageGate | None:
    """Return what keeps real money within its stage; None where no money is real."""
    if not is_real_money(account, exchange._api):  # noqa: SLF001  # no public way to it
        return None
    return StageGate(account, load_plan(settings.user_data))


def account_name(config: dict[str, Any]) -> str:
    """Return whose equity this is: one bot's, in one mode, on one market."""
    source = config.get("proratio", {}).get("source") or config["exchange"]["name"]
    mode = config["runmode"].value
    return f"{config.get('bot_name', 'freqtrade')} {mode} {source} {config['trading_mode'].value}"
