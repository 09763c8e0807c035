"""What a model, a bot or a person wrote is read on every page, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind, Action, Answer, Opinion, Usage
from proratio_signals.questions import Question
from proratio_signals.vote import tally
from proratio_tradehub.dashboard.pages import PAGES
from proratio_tradehub.halts import Action as Order
from proratio_tradehub.halts import HaltEvent, HaltLedger
from proratio_tradehub.journal import JournalEntry, Kind, record_entries
from tests.browser.serving import Dashboard, dashboard_of
from tests.browser.viewing import Viewer
from tests.signals.recording import WINDOWS
from tests.signals.samples import BTC, STRICT, ballots, close_of, panel_profile

OUTSIDE = "http://canary.example"
HOSTILE = (
    f"<script>window.hacked=1</script><img src='{OUTSIDE}/a.png' onerror='window.hacked=1'>"
    f"<svg onload='window.hacked=1'><iframe src='{OUTSIDE}'></iframe>"
    f"<a href='{OUTSIDE}'>free money</a> ![x]({OUTSIDE}/b.png) [click]({OUTSIDE}) "
    "$\\int x$ :red[alarm] :smile: **bold** `code` {{7*7}} \u202egnorw \x1b[2J"
)
ACCOUNT = "free<b>bot</b> dry_run binance spot"


def _fill(database: Database) -> None:
    """Let everybody who can write a text write the hostile one."""
    opinion = Opinion(Action.BUY, 0.9, 0.01, 12, HOSTILE, (HOSTILE[:399],), (HOSTILE[:399],))
    answer = Answer(opinion, "<b>model</b>", Usage(1, 1), 1.0, 0.01)
    gone = Answer(Abstention(AbstentionKind.TIMEOUT, HOSTILE), "", Usage(None, None), 1.0, None)
    consensus = tally(ballots(answer, answer, gone), threshold=0.6, quorum=STRICT)
    close = close_of(250)
    decision = Decision(Question(BTC, close), WINDOWS[BTC].at(close), consensus, Origin.LIVE, close)
    Ledger(database).record([decision], panel_profile())
    now = from_ms(1_760_000_000_000)
    entry = JournalEntry(
        event_id="1", account=ACCOUNT, strategy=HOSTILE, kind=Kind.INCIDENT, at=now,
        document={"message": HOSTILE},
    )  # fmt: skip
    record_entries(database, [entry, replace(entry, event_id="2", symbol=HOSTILE)])
    HaltLedger(database).add([HaltEvent.now(Order.HALT, reason=HOSTILE, by=HOSTILE, at=now)])
    with database.transaction() as cursor:
        cursor.execute("INSERT INTO equity_mark VALUES (%s, now(), 1000)", (ACCOUNT,))


@pytest.fixture(scope="module")
def hostile(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve a database full of it."""
    database = Database(module_database_url)
    _fill(database)
    database.close()
    with dashboard_of(module_database_url, tmp_path_factory.mktemp("hostile") / "user_data") as it:
        yield it


def test_hostile_text_is_read_and_does_nothing(browser: Browser, hostile: Dashboard) -> None:
    seen = ""
    with Viewer.of(browser, hostile.url) as viewer:
        for entry in PAGES:
            viewer.open(entry.address)
            seen += viewer.text()
            assert viewer.page.evaluate("window.hacked") is None, entry.title
            assert viewer.page.locator("a[href*='canary'], img[src*='canary']").count() == 0
            assert viewer.page.locator("iframe, svg[onload], .katex").count() == 0
        assert not [address for address in viewer.asked if "canary" in address]
        assert viewer.errors == []
    for said in ("<script>window.hacked=1</script>", "[click](", ":smile:", "$\\int x$",
                 "\\u202egnorw", "\\x1b[2J", "{{7*7}}"):  # fmt: skip
        assert said in seen, said
