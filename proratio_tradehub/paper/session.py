"""A session in virtual time, from the check of the candles to its outcome."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.replay import DirectExchange, MovedClock, load_markets
from proratio_core.settings import Settings
from proratio_core.values import Market, Timerange
from proratio_quantlab.fingerprint import config_files
from proratio_quantlab.lean_imports import lean_imports
from proratio_quantlab.terms import read_risk_profile
from proratio_signals.profile import Profile
from proratio_tradehub.backtesting.gating import profile_for
from proratio_tradehub.paper.coverage import check_coverage
from proratio_tradehub.paper.outcome import Outcome
from proratio_tradehub.paper.plan import ReplayPlan
from proratio_tradehub.paper.progress import Progress
from proratio_tradehub.paper.virtual_time import virtual_time
from proratio_tradehub.paper.votes import check_votes
from proratio_tradehub.risk import load_risk_profile
from proratio_tradehub.strategies.questions import rule_of

__all__ = ["run_session"]

_AFTER_THE_CLOSE: Final = timedelta(seconds=1)
"""Freqtrade wakes a second after a candle's close, so that the exchange has closed it too."""

_SEED: Final = 0
_WINDOWS: Final = 12
"""How many times the look-back is loaded before the start: the bot's own candles reach further."""


def run_session(
    plan: ReplayPlan,
    settings: Settings,
    database: Database,
    *,
    report: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Let Freqtrade's own worker trade a recorded market as fast as the machine allows.

    Raises
    ------
    ConfigurationError
        The strategy, the profile or the configuration is not usable.
    DataError
        Candles or votes are missing.
    ProratioError
        The bot stopped, or a callback of the strategy raised.
    """
    rule = rule_of(plan.strategy, settings.user_data)
    _check_risk_profile(plan, settings)
    check_coverage(plan, CandleStore(database), startup_candles=rule.startup_candles)
    profile = profile_for(plan.strategy, plan.profile, settings)
    if profile is not None:
        check_votes(plan, database, profile, rule)
    with lean_imports([plan.exchange if plan.exchange != "simulated" else "binance"]):
        from proratio_tradehub.paper.worker import run_worker  # noqa: PLC0415  # imports Freqtrade
        from proratio_tradehub.paper.worker_config import worker_config  # noqa: PLC0415

    config = worker_config(plan, settings, startup_candles=rule.startup_candles)
    history = max(rule.startup_candles, 200) * _WINDOWS * plan.candle
    markets = load_markets(
        database,
        plan.exchange,
        pairs=plan.pairs,
        timerange=Timerange(plan.start - history, plan.end + plan.candle),
        timeframes=[plan.timeframe],
    )
    random.seed(_SEED)
    np.random.seed(_SEED)  # what a strategy may draw from without a generator of its own
    with virtual_time(plan.start + _AFTER_THE_CLOSE) as hand:
        exchange = DirectExchange(markets, MovedClock(), record=plan.exchange)
        done = run_worker(config, exchange, hand, end=plan.end, report=report)
    return Outcome(
        plan=plan,
        trades=done.trades,
        until=done.until,
        loops=done.loops,
        wall_s=done.wall_s,
        cpu_s=done.cpu_s,
        start_quote=float(config["dry_run_wallet"]),
        refusals=done.refusals,
        voters=_voters(profile),
        interrupted=done.interrupted,
    )


def _voters(profile: Profile | None) -> str:
    if profile is None:
        return "nobody"
    return f"{profile.name} (RULE-BASED voters)" if profile.is_rules else profile.name


def _check_risk_profile(plan: ReplayPlan, settings: Settings) -> None:
    """Raise where the limits that would hold are not to be had; each entry would be refused."""
    futures = plan.pairs[0].market is Market.PERPETUAL
    stated = read_risk_profile(config_files(settings.user_data, futures=futures))
    load_risk_profile(plan.risk or stated or settings.risk_profile, settings.user_data / "risk")
