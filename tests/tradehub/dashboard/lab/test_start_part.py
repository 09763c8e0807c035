"""Who may start a backtest starts it once, after being asked whether it is meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_tradehub.dashboard.access import Door, Role
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.lab.start_part import show_launch, show_start
from proratio_tradehub.dashboard.launching import Launcher, LaunchState
from tests.core.candles.candle_frames import SPOT, candles
from tests.tradehub.dashboard.drawing import DRAWN, a_house, a_room, drawn, text_of
from tests.tradehub.dashboard.launching.made import ORDER, script
from tests.tradehub.dashboard.launching.test_launcher import ended, until

GATES = {"offline": True, "consensus": False}


@contextmanager
def started(house: House, role: Role = Role.OPERATOR) -> Iterator[AppTest]:
    """Yield the form; it is drawn anew at every click."""

    def draw() -> None:
        room = a_room(house, None, role)
        show_launch(room)
        show_start(room, GATES)

    DRAWN.append(draw)
    try:
        yield drawn(draw)
    finally:
        DRAWN.pop()


@contextmanager
def house_of(
    database: Database,
    database_url: str,
    folder: Path,
    text: str = "time.sleep(60)",
    *,
    present: Role | None = Role.OPERATOR,
) -> Iterator[House]:
    """Yield a house with candles; `present` is who is at the page when it is clicked on."""
    CandleStore(database).write(SPOT, candles(80, start=datetime(2024, 1, 1, tzinfo=UTC)))
    door = Door(None, None, present)
    with a_house(database_url, folder, clock=SystemClock(), door=door) as house:
        launcher = Launcher(house.settings, house.clock, command=script(text))
        try:
            yield replace(house, launcher=launcher)
        finally:
            launcher.close()


def test_viewer_may_not_start_anything(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with (
        house_of(database, database_url, tmp_path) as house,
        started(house, Role.VIEWER) as page,
    ):
        assert "takes the operator" in text_of(page)
        assert not page.button


def test_order_is_checked_confirmed_started_and_cancelled(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with house_of(database, database_url, tmp_path) as house, started(house) as page:
        page.button(key="lab check").click().run()
        assert "Is this meant?" in text_of(page)
        assert house.launcher.current is None
        page.button(key="lab go").click().run()
        assert house.launcher.current is not None
        order = house.launcher.current.order
        assert (order.strategy, order.profile) == ("AIEnhancedTrend", "none")
        assert order.timerange == "20240101-20240104"
        assert "A backtest is running" in text_of(page)
        cancelling(page).click().run()
        assert until_ended(house) is LaunchState.CANCELLED
        assert "cancelled by operator" in text_of(page.run())
        deeds = deed_file(house.settings, house.clock).newest(5)
        assert [deed.action for deed in deeds] == ["cancel backtest", "start backtest"]
        assert all(deed.by.startswith("operator at ") for deed in deeds)


@pytest.mark.parametrize(
    ("present", "told"),
    [(Role.VIEWER, "only an operator may act"), (None, "your session has ended")],
)
def test_button_that_was_drawn_for_an_operator_lets_nobody_else_act(
    present: Role | None, told: str, database: Database, database_url: str, tmp_path: Path
) -> None:
    with (
        house_of(database, database_url, tmp_path, present=present) as house,
        started(house, Role.OPERATOR) as page,
    ):
        page.button(key="lab check").click().run()
        assert told in text_of(page)
        assert "ordered backtest" not in page.session_state
        house.launcher.start(ORDER, by="somebody else")
        cancelling(page.run()).click().run()
        assert told in text_of(page)
        assert house.launcher.current is not None
        assert house.launcher.current.is_running


def test_operator_who_was_signed_out_meanwhile_starts_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with house_of(database, database_url, tmp_path) as house, started(house) as page:
        page.button(key="lab check").click().run()
        assert "Is this meant?" in text_of(page)
        closed = replace(house, door=Door(None, None, None))
        with started(closed) as later:
            later.session_state["ordered backtest"] = page.session_state["ordered backtest"]
            later.run().button(key="lab go").click().run()
            assert "your session has ended" in text_of(later)
        assert house.launcher.current is None


def test_confirmation_is_good_once(database: Database, database_url: str, tmp_path: Path) -> None:
    with house_of(database, database_url, tmp_path, "pass") as house, started(house) as page:
        page.button(key="lab check").click().run()
        ordered = page.session_state["ordered backtest"]
        page.button(key="lab go").click().run()
        assert until_ended(house) is LaunchState.DONE
        page.session_state["ordered backtest"] = ordered
        page.run().button(key="lab go").click().run()
        assert "used before" in text_of(page)


def test_what_cannot_be_run_is_said_at_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with house_of(database, database_url, tmp_path) as house, started(house) as page:
        page.multiselect[0].set_value([]).run()
        page.button(key="lab check").click().run()
        assert "choose one to 20 pairs" in text_of(page)
        page.selectbox(key="lab strategy").set_value("FundingCarry").run()
        assert "candles are stored; FundingCarry needs some" in text_of(page)


def test_run_of_another_visitor_is_seen_by_everybody(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with house_of(database, database_url, tmp_path) as house:
        house.launcher.start(ORDER, by="somebody else")
        with started(house, Role.VIEWER) as page:
            assert "started by somebody else" in text_of(page)
            assert not page.button


def test_button_to_cancel_is_for_the_run_that_was_shown_and_no_later_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with house_of(database, database_url, tmp_path) as house, started(house) as page:
        house.launcher.start(ORDER, by="operator")
        first = cancelling(page.run())
        house.launcher.cancel(by="somebody else")
        assert until_ended(house) is LaunchState.CANCELLED
        house.launcher.start(ORDER, by="somebody else")
        first.click().run()
        assert house.launcher.current is not None
        assert house.launcher.current.is_running
        assert cancelling(page).key != first.key


def cancelling(page: AppTest) -> Button:
    return next(one for one in page.button if one.label == "Cancel this backtest")


def until_ended(house: House) -> LaunchState:
    return until(house.launcher, ended).state
