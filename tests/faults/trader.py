"""Freqtrade's own bot in this process, on a replay exchange, one loop at a time.

Nothing of the host is replaced: `FreqtradeBot.process` refreshes candles over HTTP, calls the
strategy through its wrappers, asks it for a stake and a confirmation, places the dry-run order and
stores the trade. Only the worker around it, which sleeps between loops, is left out.
"""

from __future__ import annotations

import io
import json
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade, disable_database_use, enable_database_use
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

from proratio_core.clock import SystemClock
from proratio_core.replay import RecordedMarket, ReplayServer
from proratio_core.values import Market, Pair, Timeframe
from proratio_signals.snapshot import WINDOW_CANDLES
from proratio_tradehub.risk import RiskProfile
from proratio_tradehub.risk.limits import Sizing
from proratio_tradehub.strategies import ConsensusStrategy, risk_opening
from tests.tradehub.strategies.every_candle import EveryCandle
from tests.wire.markets import RULES, candles

ROOT = Path(__file__).parents[2]
TIMEFRAME = Timeframe.D1
"""A day: what the campaign asks about stays one candle, whenever it runs."""
WALLET_USDT = 100_000.0
STAKE_FRAC = 0.01
WIDE = RiskProfile(
    name="wide",
    description="limits so wide that only the consensus decides who enters, and how much",
    markets=frozenset({Market.SPOT}),
    max_planned_loss_frac=0.5,
    max_heat_frac=0.9,
    max_drawdown_frac=0.95,
    max_positions=100,
    max_asset_exposure_frac=1.0,
    max_volume_frac=1.0,
    min_day_volume_quote=0.0,
    max_spread_frac=0.1,
    max_data_age_candles=10.0,
    max_clock_skew_s=60.0,
    allow_degraded=True,
    max_stop_distance_frac=0.95,
    sizing=Sizing(stake_frac=STAKE_FRAC),
)
"""A user's own file may only tighten a built-in profile, so this one is handed to the engine."""
SECRETS = ("exchange-key", "exchange-secret", "telegram-token", "api-password", "api-jwt")
"""What Freqtrade itself is told and must not repeat."""


class Gated(ConsensusStrategy):
    """The strategy under test: the real adapter, wide enough that no exit disturbs the count."""

    rule = EveryCandle()
    timeframe = TIMEFRAME.value
    stoploss = -0.9
    minimal_roi = {"0": 0.9}  # noqa: RUF012  # a plain attribute


def markets(pairs: tuple[Pair, ...]) -> list[RecordedMarket]:
    """Return daily candles up to tomorrow, a level of its own for every pair."""
    count = WINDOW_CANDLES + 80
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=count - 2)
    return [
        RecordedMarket(
            pair,
            RULES,
            {
                TIMEFRAME: candles(
                    count, timeframe=TIMEFRAME, start=start, level=20_000 + 500.0 * number
                )
            },
        )
        for number, pair in enumerate(pairs)
    ]


class Trader:
    """One bot for the whole campaign; every round gives it a strategy of its own.

    Parameters
    ----------
    bot
        Freqtrade's.
    """

    def __init__(self, bot: FreqtradeBot) -> None:
        self.bot = bot

    def begin(self, profile: str, pairs: list[str]) -> None:
        """Start a fresh strategy that asks `profile` about `pairs`, without any open trade."""
        for trade in Trade.get_trades([]).all():
            trade.delete()
        self.bot.wallets.update(require_update=False)
        self.bot.config["proratio"]["profile"] = profile
        strategy = Gated(self.bot.config)
        strategy.dp, strategy.wallets = self.bot.dataprovider, self.bot.wallets
        for name in ("order_types", "order_time_in_force", "ignore_buying_expired_candle_after"):
            setattr(strategy, name, getattr(self.bot.strategy, name))
        self.bot.strategy = strategy
        self.bot.config["exchange"]["pair_whitelist"][:] = pairs
        strategy.ft_bot_start()

    def loop(self) -> None:
        """Run one whole iteration of Freqtrade's loop."""
        self.bot.process()

    def entries(self) -> dict[str, float]:
        """Return the stake of every trade there is, by pair."""
        return {trade.pair: float(trade.stake_amount) for trade in Trade.get_trades([]).all()}

    def stops(self) -> dict[str, float]:
        """Return the stop-loss price of every open trade, by pair."""
        return {trade.pair: float(trade.stop_loss) for trade in Trade.get_open_trades()}

    def confirms(self, pair: str) -> bool:
        """Ask the strategy the host's way whether it would confirm an entry now."""
        frame, _ = self.bot.dataprovider.get_analyzed_dataframe(pair, TIMEFRAME.value)
        tag = frame["enter_tag"].iloc[-1] if "enter_tag" in frame and len(frame) else None
        confirm = strategy_safe_wrapper(self.bot.strategy.confirm_trade_entry, default_retval=True)
        return bool(
            confirm(
                pair=pair,
                order_type="limit",
                amount=1.0,
                rate=1.0,
                time_in_force="GTC",
                current_time=datetime.now(UTC),
                entry_tag=tag,
                side="long",
            )
        )

    def end(self) -> None:
        """Let go of the strategy's client."""
        strategy = self.bot.strategy
        for part in (strategy._client, strategy._risk):
            if part is not None:
                part.close()

    def stored(self) -> str:
        """Return every value of the trade database as text."""
        trades = [trade.to_json() for trade in Trade.get_trades([]).all()]
        assert all(math.isfinite(trade["stake_amount"]) for trade in trades)
        return json.dumps(trades, default=str)


@contextmanager
def trading(folder: Path, pairs: tuple[Pair, ...], secrets: dict[str, str]) -> Iterator[Trader]:
    """Yield a bot that trades `pairs` on a replay exchange; `secrets` are those of `SECRETS`."""
    with ReplayServer(markets(pairs), SystemClock(), record="replay") as server:
        replay = (ROOT / "user_data" / "config-replay.json").read_text()
        (folder / "replay.json").write_text(replay.replace(":8099", f":{server.port}"))
        (folder / "extra.json").write_text(json.dumps(_extra(folder, pairs, secrets)))
        files = [ROOT / "user_data" / "config.json", folder / "replay.json", folder / "extra.json"]
        handlers = list(logging.getLogger().handlers)
        with redirect_stderr(io.StringIO()):  # it says at length what it read
            config = Configuration(
                {"config": [str(file) for file in files], "user_data_dir": str(folder)},
                RunMode.DRY_RUN,
            ).get_config()
        logging.getLogger().handlers[:] = handlers  # those of the campaign, not of a terminal
        config["db_url"] = f"sqlite:///{folder / 'trades.sqlite'}"
        with (
            patch.object(risk_opening, "load_risk_profile", lambda *_: WIDE),
            _trades_in_a_database(),
        ):
            bot = FreqtradeBot(config)
            try:
                bot.startup()
                yield Trader(bot)
            finally:
                bot.cleanup()


@contextmanager
def _trades_in_a_database() -> Iterator[None]:
    """Let Freqtrade keep trades in its database; a backtest before this may have ended that."""
    before = Trade.use_db
    enable_database_use()
    try:
        yield
    finally:
        Trade.session.remove()
        if not before:
            disable_database_use(TIMEFRAME.value)


def _extra(folder: Path, pairs: tuple[Pair, ...], secrets: dict[str, str]) -> dict[str, Any]:
    (folder / "strategies").mkdir(parents=True, exist_ok=True)
    (folder / "strategies" / "gated.py").write_text(
        "from tests.faults import trader\n\n\nclass Loaded(trader.Gated):\n    pass\n"
    )
    return {
        "strategy": "Loaded",
        "timeframe": TIMEFRAME.value,
        "max_open_trades": len(pairs),
        "dry_run_wallet": WALLET_USDT,
        "ignore_buying_expired_candle_after": 0,
        "exchange": {
            "pair_whitelist": [str(pair) for pair in pairs],
            "key": secrets["exchange-key"],
            "secret": secrets["exchange-secret"],
        },
        "proratio": {"profile": "offline"},
        "telegram": {"enabled": False, "token": secrets["telegram-token"], "chat_id": "1"},
        "api_server": {
            "enabled": False,
            "listen_ip_address": "127.0.0.1",
            "listen_port": 8080,
            "username": "u",
            "password": secrets["api-password"],
            "jwt_secret_key": secrets["api-jwt"],
        },
    }
