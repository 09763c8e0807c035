"""The configuration of a bot that trades on a replayed market in virtual time."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from freqtrade.configuration.load_config import load_from_files
from freqtrade.enums import CandleType, RunMode, TradingMode

from proratio_core.settings import Settings
from proratio_core.values import REPLAY, Market
from proratio_quantlab.fingerprint import config_files
from proratio_tradehub.paper.plan import ReplayPlan
from proratio_tradehub.strategies.risk_opening import VIRTUAL_TIME

__all__ = ["worker_config"]

_SPEAKERS: Final = ("telegram", "api_server", "discord", "webhook", "external_message_consumer")
"""What talks to the world at its own pace; nobody outside is told what happened in virtual time."""

_FAR_SIDE: Final = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
"""Orders are filled at once, at the far side of the book: a backtest fills at once too."""

_LEAST_CANDLES: Final = 200
_MOST_CALLS: Final = 4


def worker_config(plan: ReplayPlan, settings: Settings, *, startup_candles: int) -> dict[str, Any]:
    """Return what Freqtrade's worker takes.

    The files are those of a backtest, so that wallet, positions and costs are the same; above them
    stands what makes it a replay. Environment variables for Freqtrade are not read: they carry the
    login of bots that trade.

    Parameters
    ----------
    plan
        The session.
    settings
        The installation.
    startup_candles
        How far the strategy looks back; candles are fetched in answers of about that length.
    """
    futures = plan.pairs[0].market is Market.PERPETUAL
    files = [str(file) for file in config_files(settings.user_data, futures=futures)]
    config: dict[str, Any] = load_from_files(files)
    config["original_config"] = deepcopy(config)
    for name in _SPEAKERS:
        config.pop(name, None)
    config["exchange"] |= _exchange(plan, startup_candles, futures=futures)
    config["entry_pricing"] = config["exit_pricing"] = dict(_FAR_SIDE)
    config.update(
        runmode=RunMode.DRY_RUN,
        dry_run=True,
        db_url="sqlite://",
        initial_state="running",
        verbosity=0,
        user_data_dir=settings.user_data.resolve(),
        datadir=_data_folder(settings, plan),
        strategy=plan.strategy,
        timeframe=plan.timeframe.value,
        candle_type_def=CandleType.get_default(config.get("trading_mode", TradingMode.SPOT)),
        pairlists=[{"method": "StaticPairList"}],
        internals={"process_throttle_secs": plan.step_s, "heartbeat_interval": 0},
        proratio=config.get("proratio", {}) | _ours(plan),
    )
    return config


def _exchange(plan: ReplayPlan, startup_candles: int, *, futures: bool) -> dict[str, Any]:
    kinds = ["linear"] if futures else ["spot"]
    url = "http://replay.invalid"  # nobody is asked there: the session answers itself
    if futures:
        urls = {
            name: f"{url}/fapi/{name[-2:].lower()}" for name in ("fapiPublicV2", "fapiPublicV3")
        }
        urls |= {"fapiPublic": f"{url}/fapi/v1", "fapiData": f"{url}/futures/data"}
    else:
        urls = {"public": f"{url}/api/v3"}
    options = {"fetchMarkets": {"types": kinds}}
    return {
        "key": "",
        "secret": "",
        "enable_ws": False,
        "pair_whitelist": [str(pair) for pair in plan.pairs],
        "pair_blacklist": [],
        "_ft_has_params": {
            "ohlcv_candle_limit": max(_LEAST_CANDLES, startup_candles // _MOST_CALLS + 1)
        },
        "ccxt_config": {"enableRateLimit": False, "urls": {"api": urls}, "options": options},
    }


def _ours(plan: ReplayPlan) -> dict[str, Any]:
    chosen = {"profile": plan.profile, "risk": plan.risk}
    return {
        "source": REPLAY,
        VIRTUAL_TIME: True,
        "votes_until_ms": round(plan.end.timestamp() * 1000),
        **{name: value for name, value in chosen.items() if value is not None},
    }


def _data_folder(settings: Settings, plan: ReplayPlan) -> Path:
    return settings.data_dir.resolve() / plan.exchange
