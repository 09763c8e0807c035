"""No secret of an installation is shown, sent, taken away or logged, however it stands with it.

The same search finds what is shown on purpose in every channel, so it would find a secret there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from proratio_core.database import Database
from proratio_tradehub.dashboard.pages import BRAKES, PAGES
from proratio_tradehub.journal import JournalEntry, Kind, record_entries
from tests.browser.listening import Ear
from tests.browser.serving import Dashboard, dashboard_of, free_port
from tests.browser.viewing import Viewer
from tests.canaries import Canaries, secret_of, with_password
from tests.tradehub.halts.fake_bot import fake_bot
from tests.wire.fake_identity import CLIENT_SECRET, FakeIdentity
from tests.world.filling import fill_world, furnish
from tests.world.scene import ACCOUNT, Scale

_SMALL = Scale(pairs=1, days=40)
_SHOWN = secret_of("no secret: it is shown on purpose")
_AWAY = f"postgresql://me@/away?host=%2Ftmp%2F{_SHOWN}"
"""A server that says its own address when it is away."""


@pytest.fixture(scope="module")
def identity() -> Iterator[FakeIdentity]:
    with FakeIdentity() as fake:
        yield fake


def _canaries(database_url: str, identity: FakeIdentity) -> Canaries:
    return Canaries(database_url, {"OpenID client": CLIENT_SECRET}, identity.environment())


@contextmanager
def _served(canaries: Canaries, folder: Path, **changes: str) -> Iterator[Dashboard]:
    """Yield a dashboard that was told every secret there is, and logs all it can."""
    port = free_port()
    environment = {
        **canaries.environment,
        **canaries.logins,
        "PRORATIO_DASHBOARD_URL": f"http://127.0.0.1:{port}",
        "PRORATIO_LOG_LEVEL": "DEBUG",
        **changes,
    }
    url = environment.pop("DATABASE_URL")
    with dashboard_of(url, folder, environment=environment, port=port) as served:
        yield served


@contextmanager
def _operator(browser: Browser, served: Dashboard, canaries: Canaries) -> Iterator[Viewer]:
    """Yield an operator who signed in with the password; the cookie's secret is one, too."""
    with Viewer.of(browser, served.url) as viewer:
        viewer.page.goto(f"{viewer.url}/login")
        viewer.page.fill("#password", secret_of("operator"))
        viewer.page.click("button")
        viewer.page.wait_for_selector("a.p-who")
        (cookie,) = (c for c in viewer.page.context.cookies() if c["name"] == "proratio_session")
        canaries.add("session", cookie["value"])
        yield viewer


def _visit(browser: Browser, served: Dashboard, canaries: Canaries) -> Ear:
    """Look at every page as an operator."""
    with _operator(browser, served, canaries) as viewer:
        ear = Ear(viewer)
        _look_everywhere(viewer, ear)
        ear.ask_around()
    return ear


def _look_everywhere(viewer: Viewer, ear: Ear) -> None:
    for entry in PAGES:
        ear.look(entry)
        assert viewer.page.get_by_role("link", name="Stop").count() == 1, "no operator looks"


def _secrets_in(ear: Ear, served: Dashboard, canaries: Canaries) -> list[str]:
    written = [path for path in served.user_data.rglob("*") if path.is_file()]
    own = [path.read_bytes() for path in written if path.parent.name == ".proratio"]
    return canaries.found_in([*ear.heard, served.log.read_text(), *own])


def _write_log(user_data: Path, canaries: Canaries) -> None:
    """Write a log as a careless library does: an error for each secret, and one that has none."""
    (user_data / "logs").mkdir(parents=True)
    told = list(canaries.environment.values())
    lines = [f"ERROR {_SHOWN} {' '.join(told[at : at + 4])}" for at in range(0, len(told), 4)]
    (user_data / "logs" / "bot.log").write_text("\n".join(lines))


def _write_incidents(database: Database, canaries: Canaries) -> None:
    """Write into the journal what an exception said that had every secret in it."""
    now = datetime.now(UTC)
    entries = [
        JournalEntry(
            event_id=f"incident {name}", account=ACCOUNT, strategy="Trend", kind=Kind.INCIDENT,
            at=now, document={"what": f"refused {secret} {_SHOWN}"},
        )
        for name, secret in canaries.environment.items()
    ]  # fmt: skip
    record_entries(database, entries)


def test_everything_is_there(
    browser: Browser, identity: FakeIdentity, market_data: Path,
    database_url: str, tmp_path: Path,
) -> None:  # fmt: skip
    canaries, folder = _canaries(database_url, identity), tmp_path / "user_data"
    database = Database(database_url)
    fill_world(database, market_data, furnish(folder), _SMALL)
    _write_incidents(database, canaries)
    database.close()
    _write_log(folder, canaries)
    with _served(canaries, folder) as served:
        with _operator(browser, served, canaries) as viewer:
            ear = Ear(viewer)
            for entry in PAGES:
                ear.look(entry)
                ear.take_tables()
            ear.look(PAGES[0])
            ear.take_a_figure()
            ear.ask_around()
        with Viewer.of(browser, served.url) as viewer:
            viewer.page.goto(f"{viewer.url}/login")
            viewer.page.click("text=Sign in with localhost")
            viewer.page.wait_for_selector("a.p-who")
        assert _secrets_in(ear, served, canaries) == []
    known = Canaries(database_url, {"shown": _SHOWN})
    for channel in (ear.pages, ear.frames, ear.files):
        assert known.found_in(channel) == ["shown"]
    assert "content-security-policy" in str(ear.answers)


def test_nothing_is_there(
    browser: Browser, identity: FakeIdentity, database_url: str, tmp_path: Path
) -> None:
    canaries = _canaries(database_url, identity)
    with _served(canaries, tmp_path / "user_data") as served:
        ear = _visit(browser, served, canaries)
        assert _secrets_in(ear, served, canaries) == []


def test_database_and_bot_are_away(
    browser: Browser, identity: FakeIdentity, tmp_path: Path
) -> None:
    canaries = _canaries(_AWAY, identity)
    with _served(canaries, tmp_path / "user_data", PRORATIO_LOG_FORMAT="json") as served:
        ear = _visit(browser, served, canaries)
        assert _secrets_in(ear, served, canaries) == []
        log = served.log.read_text()
    for channel in (ear.pages, ear.frames, [log]):
        assert Canaries(_AWAY, {"shown": _SHOWN}).found_in(channel) == ["shown"]


def test_addresses_are_malformed_and_the_bot_echoes_its_login(
    browser: Browser, identity: FakeIdentity, tmp_path: Path
) -> None:
    canaries = _canaries(_AWAY, identity)
    database, password = secret_of("DATABASE_URL"), secret_of("FREQTRADE__API_SERVER__PASSWORD")
    with fake_bot() as bot:
        bot.login, bot.says = ("proratio", password), {"login": f"proratio:{password} {_SHOWN}"}
        changes = {
            "DATABASE_URL": f"postgresql://me:{database}/x@127.0.0.1:9/db",
            "REDIS_URL": f"redis://:{secret_of('REDIS_URL')}/x@127.0.0.1:1/0",
            "PRORATIO_BOT_URL": with_password(bot.url, "PRORATIO_BOT_URL"),
        }
        with _served(canaries, tmp_path / "user_data", **changes) as served:
            with _operator(browser, served, canaries) as viewer:
                ear = Ear(viewer)
                ear.look(BRAKES)
                viewer.page.get_by_role("radio", name="Close everything").click()
                viewer.page.get_by_label("Reason").fill("all of it")
                viewer.page.get_by_role("button", name="Review").click()
                expect(viewer.page.get_by_role("alertdialog")).to_contain_text(_SHOWN)
                ear.keep()
                viewer.page.get_by_role("button", name="Confirm").click()
                expect(viewer.page.get_by_role("alert")).to_contain_text(_SHOWN)
                ear.keep()
                _look_everywhere(viewer, ear)
            assert _secrets_in(ear, served, canaries) == []
        assert "DATABASE_URL is not an address" in ear.pages[-1]
