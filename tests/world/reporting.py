"""The small files that a bot, the signal service and the stream rewrite while they live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_core.streaming.health import SeriesFreshness, StreamHealth, stream_health_file
from proratio_signals.health import Condition, Health, health_file
from proratio_signals.profile import Profile
from proratio_tradehub.desk import Headroom, RiskReport, report_path
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.journal import AccountTrade, read_trades
from proratio_tradehub.risk import load_risk_profile
from tests.world.scene import ACCOUNT, NOW
from tests.world.trades import STRATEGY

__all__ = ["Standing", "reporting", "rewriting", "write_reports"]

_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How the bot stands at the end of the world."""

    held: tuple[AccountTrade, ...]
    equity_quote: float
    drawdown_frac: float
    loss_today_frac: float

    @classmethod
    def read(cls, database: Database) -> Standing:
        """Return it as the tables have it."""
        with database.transaction() as cursor:
            cursor.execute(
                "SELECT (array_agg(equity_quote ORDER BY observed_at DESC))[1], max(equity_quote), "
                "(array_agg(equity_quote ORDER BY observed_at DESC) "
                "FILTER (WHERE observed_at < %s))[1] FROM equity_mark WHERE account = %s",
                (NOW.replace(hour=0, minute=0, second=0), ACCOUNT),
            )
            last, peak, morning = cursor.fetchone() or (1.0, 1.0, 1.0)
        held = read_trades(database, ACCOUNT, is_open=True)
        return cls(held, last, 1 - last / peak, max(0.0, 1 - last / morning))


@contextmanager
def reporting(
    settings: Settings, clock: Clock, profile: Profile, state: Standing
) -> Iterator[None]:
    """Write the files every two seconds until the block ends."""
    with rewriting(lambda: write_reports(settings, clock, profile, state)):
        yield


@contextmanager
def rewriting(write: Callable[[], None]) -> Iterator[None]:
    """Do it now, and every two seconds until the block ends."""
    stop = Event()

    def repeat() -> None:
        while not stop.wait(_EVERY_S):
            write()

    write()
    writer = Thread(target=repeat)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def write_reports(settings: Settings, clock: Clock, profile: Profile, state: Standing) -> None:
    """Write each file once, as of now."""
    risk_report(settings, clock, state).write(report_path(settings, ACCOUNT))
    now = clock.now()
    health_file(settings, profile.name).write(
        Health(
            *(
                profile.name,
                profile.hash,
                4711,
                Condition.READY,
                "",
                now - timedelta(hours=31),
                now,
            ),
            answered=93,
            failed=1,
        )
    )
    _write_stream(settings, clock)


def risk_report(settings: Settings, clock: Clock, state: Standing) -> RiskReport:
    """Return what the bot would report."""
    limits = load_risk_profile(settings.risk_profile, settings.user_data / "risk")
    positions = tuple(
        HeldPosition(
            *(trade.symbol, trade.side, trade.amount * trade.open_rate),
            trade.amount * (trade.open_rate - (trade.stop_price or 0.0)),
            trade.stop_price,
        )
        for trade in state.held
    )
    heat = sum(position.planned_loss_quote for position in positions) / state.equity_quote
    return RiskReport(
        *(ACCOUNT, STRATEGY, limits.name, limits.hash, 4712, clock.now(), "", state.equity_quote),
        headroom=(
            Headroom("drawdown", state.drawdown_frac, limits.max_drawdown_frac, "frac"),
            Headroom(
                "loss today", state.loss_today_frac, limits.max_daily_loss_frac or 0.03, "frac"
            ),
            Headroom("heat", heat, limits.max_heat_frac, "frac"),
            Headroom("positions", float(len(state.held)), float(limits.max_positions), "count"),
        ),
        positions=positions,
        refused={"correlation": 4, "portfolio_heat": 2},
    )


def _write_stream(settings: Settings, clock: Clock) -> None:
    now = clock.now()
    newest = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    series = tuple(
        SeriesFreshness(
            f"binance {base}/USDT 1h",
            3_600.0,
            is_connected=True,
            newest_open_time=newest,
            delay_s=1.4,
            corrected=0,
        )
        for base in ("BTC", "ETH", "SOL")
    )
    stream_health_file(settings, "binance").write(
        StreamHealth("binance", 4713, now - timedelta(hours=31), now, 2, series)
    )
