"""Backtests are started and cancelled by operators alone, whatever a page still shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_tradehub.dashboard.access import Role, Visitor
from proratio_tradehub.dashboard.access.deeds import Deed, deed_file
from proratio_tradehub.dashboard.access.gate import visitor_of
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.lab.acting import (
    Ordered,
    cancel_backtest,
    order_backtest,
    start_backtest,
)
from proratio_tradehub.dashboard.launching import Launcher, LaunchState
from tests.tradehub.dashboard.launching.made import ORDER, STORED, script
from tests.tradehub.dashboard.launching.test_launcher import ended, until
from tests.tradehub.dashboard.risk.made import AWAY_URL, OPERATOR, VIEWER, a_braked_house
from tests.tradehub.halts.made import clock

HERE = "window one"
PROFILES = ("offline",)
REFUSED = [
    pytest.param(VIEWER, "only an operator may act", id="viewer"),
    pytest.param(None, "your session has ended", id="session ended"),
]


@contextmanager
def a_lab(folder: Path, *, at: Clock | None = None) -> Iterator[House]:
    """Yield a house whose backtests last a minute."""
    with a_braked_house(AWAY_URL, folder, clock=at) as house:
        launcher = Launcher(house.settings, house.clock, command=script("time.sleep(60)"))
        try:
            yield replace(house, launcher=launcher)
        finally:
            launcher.close()


def _ordered(house: House, visitor: Visitor | None = OPERATOR) -> Ordered:
    return order_backtest(house, visitor, HERE, ORDER, stored=STORED, profiles=PROFILES)


def _deeds(house: House) -> tuple[Deed, ...]:
    return deed_file(house.settings, house.clock).newest(10)


def test_operator_starts_and_cancels_and_both_are_on_record(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        start_backtest(house, OPERATOR, HERE, _ordered(house))
        launch = house.launcher.current
        assert launch is not None
        assert (launch.order, launch.by) == (ORDER, OPERATOR.name)
        assert cancel_backtest(house, OPERATOR) == ""
        assert until(house.launcher, ended).state is LaunchState.CANCELLED
        cancelled, started = _deeds(house)
    assert (started.by, started.action) == (OPERATOR.name, "start backtest")
    assert (cancelled.by, cancelled.action) == (OPERATOR.name, "cancel backtest")
    assert started.detail == cancelled.detail == f"{ORDER.title} · offline"


@pytest.mark.parametrize(("visitor", "told"), REFUSED)
def test_nobody_but_an_operator_orders_starts_or_cancels(
    visitor: Visitor | None, told: str, tmp_path: Path
) -> None:
    with a_lab(tmp_path) as house:
        with pytest.raises(ConfigurationError, match=told):
            _ordered(house, visitor)
        ordered = _ordered(house)
        with pytest.raises(ConfigurationError, match=told):
            start_backtest(house, visitor, HERE, ordered)
        assert house.launcher.current is None
        start_backtest(house, OPERATOR, HERE, ordered)
        with pytest.raises(ConfigurationError, match=told):
            cancel_backtest(house, visitor)
        launch = house.launcher.current
        tried = [deed for deed in _deeds(house) if deed.by != OPERATOR.name]
    assert launch is not None
    assert launch.is_running
    assert {deed.detail for deed in tried} <= {"refused: a viewer may not act"}
    actions = [deed.action for deed in reversed(tried)]
    expected = ["start backtest", "start backtest", "cancel backtest"]
    assert actions == (expected if visitor is VIEWER else [])


@pytest.mark.parametrize("way", ["signed out", "expired"])
def test_operator_whose_session_is_over_is_nobody(way: str, tmp_path: Path) -> None:
    at = clock()
    with a_lab(tmp_path, at=at) as house:
        closed = replace(house, door=replace(house.door, open_to=None))
        secret = closed.visitors.sign_in(Role.OPERATOR, "10.0.0.7")

        def present() -> Visitor | None:
            return visitor_of(secret, "10.0.0.7", door=closed.door, visitors=closed.visitors)

        start_backtest(closed, present(), HERE, _ordered(closed, present()))
        if way == "signed out":
            closed.visitors.sign_out(secret)
        else:
            at.sleep(61 * 60)
        with pytest.raises(ConfigurationError, match="your session has ended"):
            cancel_backtest(closed, present())
        launch = closed.launcher.current
    assert launch is not None
    assert launch.is_running


def test_confirmation_is_good_once_and_for_its_own_window(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        with pytest.raises(ConfigurationError, match="not yours"):
            start_backtest(house, OPERATOR, "window two", _ordered(house))
        assert house.launcher.current is None
        ordered = _ordered(house)
        start_backtest(house, OPERATOR, HERE, ordered)
        with pytest.raises(ConfigurationError, match="used before"):
            start_backtest(house, OPERATOR, HERE, ordered)


def test_confirmation_starts_what_was_shown_and_nothing_else(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        changed = replace(_ordered(house), order=replace(ORDER, profile="consensus"))
        with pytest.raises(ConfigurationError, match="not yours"):
            start_backtest(house, OPERATOR, HERE, changed)
        assert house.launcher.current is None


def test_what_cannot_be_run_is_not_ordered(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house, pytest.raises(DataError, match="no profile"):
        order_backtest(house, OPERATOR, HERE, ORDER, stored=STORED, profiles=())


def test_second_backtest_is_refused_and_the_record_says_so(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        first, second = _ordered(house), _ordered(house)
        start_backtest(house, OPERATOR, HERE, first)
        with pytest.raises(ConfigurationError, match="still running"):
            start_backtest(house, OPERATOR, HERE, second)
        assert "failed:" in _deeds(house)[0].detail


def test_without_a_record_nothing_is_started_but_what_runs_is_ended(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        start_backtest(house, OPERATOR, HERE, _ordered(house))
        path = deed_file(house.settings, house.clock).path
        path.unlink()
        path.mkdir()
        with pytest.raises(TransientError, match="record of actions"):
            start_backtest(house, OPERATOR, HERE, _ordered(house))
        assert "record of actions" in cancel_backtest(house, OPERATOR)
        assert until(house.launcher, ended).state is LaunchState.CANCELLED


def test_nothing_is_cancelled_where_nothing_runs(tmp_path: Path) -> None:
    with a_lab(tmp_path) as house:
        assert cancel_backtest(house, OPERATOR) == ""
        assert _deeds(house) == ()
