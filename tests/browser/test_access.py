"""Who is let in, in a real browser: passwords, lock-out, expired sessions, roles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from proratio_core.database import Database
from tests.browser.serving import Dashboard, dashboard_of, free_port
from tests.browser.viewing import Viewer
from tests.wire.fake_identity import CLIENT_SECRET, PERSON, FakeIdentity

_QUICK = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1)
OPERATOR, LOOKER = "operator-canary-8841", "viewer-canary-5520"
ACCOUNT = "freqtrade live binance spot"


@pytest.fixture(scope="module")
def guarded(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve a LIVE account behind both passwords, on every address of this machine."""
    database = Database(module_database_url)
    with database.transaction() as cursor:
        cursor.execute("INSERT INTO equity_mark VALUES (%s, now(), 1000)", (ACCOUNT,))
    database.close()
    environment = {
        "PRORATIO_DASHBOARD_OPERATOR_HASH": _QUICK.hash(OPERATOR),
        "PRORATIO_DASHBOARD_VIEWER_HASH": _QUICK.hash(LOOKER),
    }
    folder = tmp_path_factory.mktemp("guarded") / "user_data"
    with dashboard_of(
        module_database_url, folder, "--host", "0.0.0.0", environment=environment
    ) as served:
        yield served


def _sign_in(viewer: Viewer, password: str) -> None:
    viewer.page.goto(f"{viewer.url}/login")
    viewer.page.fill("#password", password)
    viewer.page.click("button")


def test_password_opens_its_role_and_signing_out_closes_it(
    browser: Browser, guarded: Dashboard
) -> None:
    for password, role in ((OPERATOR, "operator"), (LOOKER, "viewer")):
        with Viewer.of(browser, guarded.url) as viewer:
            viewer.page.goto(viewer.url)
            assert viewer.page.url.endswith("/login")
            assert viewer.serious_findings() == []
            _sign_in(viewer, password)
            viewer.page.wait_for_selector(".p-mark-live")
            assert role in viewer.wait().text()
            viewer.page.click("a.p-who")
            viewer.page.click("button:has-text('Sign out')")
            viewer.page.goto(viewer.url)
            assert viewer.page.url.endswith("/login")


def test_open_page_ends_with_its_session(browser: Browser, guarded: Dashboard) -> None:
    with Viewer.of(browser, guarded.url) as viewer:
        _sign_in(viewer, LOOKER)
        viewer.page.wait_for_selector(".p-mark-live")
        viewer.page.request.post(f"{viewer.url}/logout", headers={"origin": viewer.url})
        viewer.page.wait_for_selector("text=Your session has ended", timeout=20_000)
        assert ACCOUNT not in viewer.text()


def test_hundred_wrong_passwords_open_nothing_and_are_in_no_log(
    browser: Browser, guarded: Dashboard
) -> None:
    with Viewer.of(browser, guarded.url) as viewer:
        answers = [
            viewer.page.request.post(
                f"{viewer.url}/login",
                headers={"origin": viewer.url},
                form={"password": f"wrong-canary-{number}"},
            ).status
            for number in range(100)
        ]
        assert set(answers) == {401, 429}
        assert answers.count(401) <= 12
        viewer.page.goto(viewer.url)
        assert viewer.page.url.endswith("/login")
        assert "Too many wrong passwords" in _after_wrong(viewer)
    log = Path(guarded.log).read_text()
    assert "canary" not in log


def _after_wrong(viewer: Viewer) -> str:
    _sign_in(viewer, "wrong")
    return viewer.text()


def test_person_signs_in_at_their_provider_and_is_led_on(
    browser: Browser, module_database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    with FakeIdentity() as fake:
        environment = {
            "PRORATIO_DASHBOARD_URL": f"http://127.0.0.1:{port}",
            **fake.environment(),
        }
        folder = tmp_path / "user_data"
        with (
            dashboard_of(module_database_url, folder, environment=environment, port=port) as served,
            Viewer.of(browser, served.url) as viewer,
        ):
            viewer.page.goto(served.url)
            assert viewer.page.url.endswith("/login")
            assert viewer.serious_findings() == []
            viewer.page.click("text=Sign in with localhost")
            viewer.page.wait_for_selector("a.p-who")
            assert viewer.page.url == f"{served.url}/"
            name = viewer.page.get_attribute("a.p-who", "title")
            assert name == f"operator {PERSON} at 127.0.0.1"
            assert CLIENT_SECRET not in viewer.page.content() + served.log.read_text()
