"""Puts the world into PostgreSQL and into a user_data of its own."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec

from proratio_core.candles import CandleStore
from proratio_core.candles.importers import ImportHints
from proratio_core.candles.importers.folder import read_file
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.profile import Profile, load_profile
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger
from proratio_tradehub.journal import AccountTrade, JournalEntry, Kind, event_id, record_entries
from proratio_tradehub.risk import Refusal
from tests.architecture.source_tree import ROOT
from tests.world.scene import ACCOUNT, LAST_CLOSE, MODELS, NOW, PROFILE, Scale, pair_names
from tests.world.trades import STRATEGY, record_trading
from tests.world.votes import record_votes

__all__ = ["fill_world", "furnish"]

_USUAL = Scale()
_HOME = ROOT / "user_data"
_WARM_UP = timedelta(days=15)


def furnish(user_data: Path) -> Profile:
    """Make the folder of the installation: the panel, its made-up models, strategies and terms.

    Return the panel.
    """
    shutil.copytree(_HOME / "strategies", user_data / "strategies")
    for file in _HOME.glob("config*.json"):
        shutil.copy(file, user_data)
    (user_data / "profiles").mkdir(parents=True, exist_ok=True)
    (user_data / "profiles" / "world.toml").write_text(PROFILE)
    (user_data / "models.toml").write_text(MODELS)
    return load_profile("world", user_data / "profiles")


def fill_world(
    database: Database, market_data: Path, profile: Profile, scale: Scale = _USUAL
) -> None:
    """Fill a fresh database with candles, votes, trades, equity, journal, refusals and halts."""
    _import_candles(database, market_data, scale)
    record_votes(database, profile, scale)
    trades = record_trading(database, scale)
    record_entries(database, [*map(_exit, trades[-40:]), *_incidents()])
    _record_refusals(database, scale)
    _record_halts(database)
    with database.statement() as cursor:
        cursor.execute("ANALYZE")


def _import_candles(database: Database, market_data: Path, scale: Scale) -> None:
    store, clock = CandleStore(database), FixedClock(NOW + timedelta(days=1))
    start = LAST_CLOSE - timedelta(days=scale.days) - _WARM_UP
    for base in pair_names(scale):
        path = market_data / "binance" / f"{base}_USDT-1h.feather"
        key, frame = read_file(path, clock, hints=ImportHints(exchange="binance"))
        inside = (frame["date"] >= start) & (frame["date"] < LAST_CLOSE)
        store.write(key, frame[inside].reset_index(drop=True))


def _exit(trade: AccountTrade) -> JournalEntry:
    kind = Kind.FILL if trade.is_open else Kind.EXIT
    return JournalEntry(
        event_id=event_id(ACCOUNT, kind, trade.trade_id),
        account=ACCOUNT,
        strategy=STRATEGY,
        kind=kind,
        at=trade.closed_at or trade.opened_at,
        symbol=trade.symbol,
        signal_id=trade.enter_tag,
        trade_id=trade.trade_id,
        document={"reason": trade.exit_reason, "profit_quote": trade.profit_quote},
    )


def _incidents() -> list[JournalEntry]:
    told = (
        (3, "the exchange did not answer for 41 s; no entry was made meanwhile"),
        (26, "an order of 0.012 BTC/USDT was not filled within 10 min and was cancelled"),
        (75, "PostgreSQL was away for 12 s; 3 equity marks were written late"),
    )
    return [
        JournalEntry(
            event_id=event_id(ACCOUNT, "incident", hours),
            account=ACCOUNT,
            strategy=STRATEGY,
            kind=Kind.INCIDENT,
            at=NOW - timedelta(hours=hours, minutes=11),
            document={"what": message},
        )
        for hours, message in told
    ]


_RULES = ("correlation", "portfolio_heat", "reward_risk", "spread", "stale_data", "cost_coverage")


def _record_refusals(database: Database, scale: Scale) -> None:
    """Add some refused entries a week, each rule in its own measure."""
    pairs = pair_names(scale)
    with database.transaction() as cursor:
        for number in range(scale.days):
            rule = _RULES[number * number % 11 % len(_RULES)]
            at = NOW - timedelta(hours=number * 24 + number % 7, minutes=3)
            candle = at.replace(minute=0, second=0)
            found = Refusal(rule, f"{rule} is above what the profile allows", 0.31, 0.25)
            cursor.execute(
                "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, reasons, "
                "refused_at) VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (
                    *(ACCOUNT, STRATEGY, f"{pairs[number % len(pairs)]}/USDT", candle, rule),
                    *(msgspec.json.encode([found]).decode(), at),
                ),
            )


def _record_halts(database: Database) -> None:
    """Add a halt of ten days ago that somebody lifted."""
    halt = HaltEvent.now(
        Action.HALT,
        reason="exchange maintenance announced",
        by="trader@desk",
        at=NOW - timedelta(days=10, hours=4),
    )
    resume = HaltEvent.now(
        Action.RESUME,
        reason="maintenance over, positions checked",
        by="trader@desk",
        at=NOW - timedelta(days=10, hours=1),
        lifts=(halt.id,),
    )
    HaltLedger(database).add([halt, resume])
