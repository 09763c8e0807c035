"""An installation in which whoever can write a text has written a hostile one.

Each text begins with the name of its field in French quotes, so that a page can be asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_core.streaming.health import SeriesFreshness, StreamHealth, stream_health_file
from proratio_quantlab.results import ResultStore
from proratio_signals.health import Condition, Health, health_file
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Opinion, Usage
from proratio_signals.questions import Question
from proratio_signals.vote import tally
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.desk import Headroom, RiskReport, report_path
from proratio_tradehub.halts import Action as Order
from proratio_tradehub.halts import HaltEvent, HaltLedger
from proratio_tradehub.journal import Kind, record_entries, record_trades
from proratio_tradehub.risk import Refusal
from tests.quantlab.made import result_of, trade_of
from tests.signals.recording import WINDOWS
from tests.signals.samples import BTC, STRICT, ballots, candle_frame, close_of, panel_profile
from tests.tradehub.journal.made import a_trade, an_entry, closed
from tests.world.reporting import rewriting

__all__ = ["ACCOUNT", "OUTSIDE", "SHOWN", "fill_folder", "fill_tables", "reporting", "said"]

OUTSIDE = "http://canary.example"
_TEXT = (
    "<script>window.hacked=1</script>"
    f"<img src='{OUTSIDE}/a.png' onerror='window.hacked=1'><iframe src='{OUTSIDE}'></iframe>"
    '" onmouseover="window.hacked=1" <a href=\'javascript:window.hacked=1\'>free money</a> '
    f"![x]({OUTSIDE}/b.png) [click](javascript:1) $$\\int x$$ :red[alarm] :smile: **bold** "
    "{{7*7}} %{x} \u202egnorw \x1b[2J"
)
SHOWN = (
    *("<script>window.hacked=1</script>", "onerror='window.hacked=1'", '" onmouseover="'),
    *("'javascript:window.hacked=1'>free money</a>", f"![x]({OUTSIDE}/b.png)", "[click](javascr"),
    *("$$\\int x$$", ":red[alarm]", ":smile:", "**bold**", "{{7*7}}", "%{x}", "\\u202egnorw"),
    "\\x1b[2J",
)
"""What is to be read of it where the whole of it is shown."""

ACCOUNT = "free<b>bot</b>[x](javascript:1) dry_run binance spot"
_LONG = "W" * 400
"""A word that is wider than any screen."""


def said(field: str) -> str:
    """Return the hostile text of a field; an opinion may have 400 characters."""
    return f"«{field}» {_TEXT}"[:399]


def fill_tables(database: Database) -> None:
    """Fill every table that has a text of somebody else's."""
    CandleStore(database).write(BTC, candle_frame(320))
    _fill_votes(database)
    _fill_account(database)
    _fill_runs(database)
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO gap (series_id, first_open_time, last_open_time, reason) "
            "SELECT id, %s, %s, %s FROM series LIMIT 1",
            (close_of(400), close_of(402), said("gap")),
        )


def _fill_votes(database: Database) -> None:
    told = ((said("risk"),), (said("fact"),))
    opinion = Opinion(Action.BUY, 0.9, 0.01, 12, said("reasoning"), *told)
    answer = Answer(opinion, said("model"), Usage(1, 1), 1.0, 0.01)
    gone = Answer(Abstention(AbstentionKind.TIMEOUT, said("abstention")), "", Usage(), 1.0, None)
    close = close_of(250)
    consensus = tally(ballots(answer, answer, gone), threshold=0.6, quorum=STRICT)
    decision = Decision(Question(BTC, close), WINDOWS[BTC].at(close), consensus, Origin.LIVE, close)
    Ledger(database).record([decision], panel_profile())


def _fill_account(database: Database) -> None:
    now = datetime.now(UTC)
    trade = a_trade(
        account=ACCOUNT, strategy=said("strategy"), enter_tag=said("tag"),
        opened_at=close_of(240), **closed(closed_at=close_of(260), exit_reason=said("exit")),
    )  # fmt: skip
    record_trades(database, [trade])
    entries = [
        an_entry(Kind.INCIDENT, account=ACCOUNT, at=now, document={"what": said("incident")}),
        an_entry(
            Kind.INCIDENT, account=ACCOUNT, at=now, about="2", strategy=said("strategy"),
            symbol=said("symbol"), document={"what": _LONG},
        ),
        an_entry(
            Kind.VERDICT, account=ACCOUNT, at=close_of(240), signal_id=said("tag"),
            document={"accepted": False, "reasons": [said("verdict")], said("key"): 1},
        ),
    ]  # fmt: skip
    record_entries(database, entries)
    halt = HaltEvent.now(Order.HALT, reason=said("halt"), by=said("by"), at=now)
    HaltLedger(database).add([halt])
    refused = msgspec.json.encode([Refusal(said("rule"), said("refusal"), 0.3, 0.2)]).decode()
    with database.transaction() as cursor:
        cursor.execute("INSERT INTO equity_mark VALUES (%s, now(), 1000)", (ACCOUNT,))
        cursor.execute(
            "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, reasons, "
            "refused_at) VALUES (%s, %s, 'BTC/USDT', now(), %s, %s, now())",
            (ACCOUNT, said("strategy"), said("rule"), refused),
        )


def _fill_runs(database: Database) -> None:
    for profile in ("offline", said("gate")):
        run = result_of(profile, strategy=said("strategy"), parameters=((said("parameter"), 1),))
        trades = [trade_of(day=3, exit_reason=said("exit"), enter_tag=said("tag"))]
        ResultStore(database).save(replace(run, trades=tuple(trades)))


@contextmanager
def reporting(user_data: Path) -> Iterator[None]:
    """Keep the files fresh that running processes rewrite, until the block ends."""
    settings = Settings(PRORATIO_USER_DATA=user_data)
    with rewriting(lambda: _write_reports(settings)):
        yield


def fill_folder(user_data: Path) -> None:
    """Fill the files that somebody else's text is written into once."""
    settings = Settings(PRORATIO_USER_DATA=user_data)
    deed_file(settings, SystemClock()).record(
        by=said("who"), action=said("deed"), detail=said("detail")
    )
    (settings.state_dir / "alerts-<img src=x onerror='window.hacked=1'>.json").touch()
    (user_data / "logs").mkdir()
    (user_data / "logs" / "<b>bot.log").write_text(f"ERROR \0 {said('log')}\nERROR {_LONG}\n")


def _write_reports(settings: Settings) -> None:
    now = datetime.now(UTC)
    headroom = (Headroom(said("limit"), 0.04, 0.1, "frac"),)
    report = RiskReport(
        *(ACCOUNT, said("strategy"), said("profile"), "ab", 1, now, said("held back"), 900.0),
        headroom=headroom,
        refused={said("rule"): 3},
    )
    report.write(report_path(settings, ACCOUNT))
    health = Health(
        *("offline", "ab", 1, Condition.DEGRADED, said("service"), now, now), answered=1, failed=1
    )
    health_file(settings, "offline").write(health)
    series = SeriesFreshness(
        said("series"), 60.0, is_connected=False, newest_open_time=now - timedelta(hours=9),
        delay_s=1.0, corrected=0,
    )  # fmt: skip
    stream = StreamHealth(said("exchange"), 1, now, now, 2, (series,))
    stream_health_file(settings, "binance").write(stream)
    supervision = {"strategy": said("supervised"), "state": said("state"), "detail": said("why")}
    (settings.state_dir / "paper").mkdir(parents=True, exist_ok=True)
    with replacing(settings.state_dir / "paper" / "a.json") as beside:
        beside.write_text(json.dumps({**supervision, "updated_at": now.isoformat()}))
