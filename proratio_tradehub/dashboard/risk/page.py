"""Draws the page Risk: the brakes first, then how much of each limit is used and why."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

import streamlit as st

from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.downloads import offer_tables, stored_table
from proratio_tradehub.dashboard.look import Html, away, card, empty, joined, loading, note, tag
from proratio_tradehub.dashboard.reading import Sight, Work
from proratio_tradehub.dashboard.risk.controls import show_controls
from proratio_tradehub.dashboard.risk.exposure import Exposure, read_exposure
from proratio_tradehub.dashboard.risk.exposure_view import correlation_card, tail_card
from proratio_tradehub.dashboard.risk.queries import read_orders, read_refused, read_rule_counts
from proratio_tradehub.dashboard.risk.view import (
    limits_card,
    orders_card,
    refused_card,
    risk_tiles,
    rules_card,
    standing_bar,
)
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.standing import see_standing
from proratio_tradehub.desk import RiskReport, read_reports
from proratio_tradehub.risk import load_risk_profile

__all__ = ["show"]

_SPANS: Final = {"24 h": 1, "7 d": 7, "30 d": 30, "1 y": 365}
_SPAN: Final = "refused-span"
_MOST_REFUSED: Final = 6
_MOST_ORDERS: Final = 12
_EXPOSURE_GOOD_S: Final = 300.0


def show(room: Room) -> None:
    """Draw the page."""
    room.live(lambda: _standing(room))
    room.live(lambda: show_controls(room), every_s=None)
    account = None if room.subject is None else room.subject.account
    if account is None:
        place(empty("No bot has reported", "Limits and refusals are shown of a bot's account."))
    else:
        room.live(lambda: _limits(room, account))
        left, right = st.columns([1, 1.25], gap="small")
        with left:
            room.live(lambda: _refusals(room, account), every_s=20.0)
        with right:
            room.live(lambda: _exposure(room, account), every_s=4.0)
    room.live(lambda: _orders(room), every_s=20.0)
    tables = [stored_table(room, "refusals", account=account), stored_table(room, "halts")]
    offer_tables(tables, key="risk")


def _standing(room: Room) -> None:
    standing = see_standing(room.house)
    room.show(standing, standing_bar, what="the halts")


def _limits(room: Room, account: str) -> None:
    report = _report(room, account)
    quote = "" if room.subject is None else room.subject.quote
    place(joined(risk_tiles(report, quote), limits_card(report, room.now)))


def _refusals(room: Room, account: str) -> None:
    span = st.segmented_control(
        "Refused within", list(_SPANS), default="30 d", key=_SPAN, label_visibility="collapsed"
    )
    days = _SPANS[span or "30 d"]
    since = room.now - timedelta(days=days)
    counts = room.see(
        ("rule counts", account, days),
        lambda database: read_rule_counts(database, account, since=since),
        good_s=15.0,
    )
    newest = room.see(
        ("refused", account, days),
        lambda database: read_refused(database, account, since=since, most=_MOST_REFUSED),
        good_s=15.0,
    )
    room.show(counts, lambda found: rules_card(found, f"within {span or '30 d'}"))
    if newest.value:
        place(refused_card(newest.value, room.now))


def _exposure(room: Room, account: str) -> None:
    """Place correlations and tails, or that they are being worked out."""
    report = _report(room, account)
    equity = None if report is None else report.equity_quote
    quote = "" if room.subject is None else room.subject.quote
    work = _work(room, account, equity)
    found = work.sight.value
    if found is None:
        place(_absent(work))
        return
    limit = _limit(room).value
    place(joined(tail_card(found, equity, quote), correlation_card(found, limit)))


def _absent(work: Work[Exposure]) -> Html:
    if work.since is None:
        return card("Correlation and tails", note(work.sight.problem))
    return card("Correlation and tails", note("Being worked out from the candles."), loading())


def _work(room: Room, account: str, equity_quote: float | None) -> Work[Exposure]:
    """Have the exposure worked out unless that was done a moment ago."""
    house, exchange = room.house, "" if room.subject is None else room.subject.exchange
    try:
        access = house.reader.access()
    except ProratioError as error:
        return Work(Sight(None, None, str(error)), None)
    job = partial(read_exposure, access, account, exchange, equity_quote=equity_quote)
    return house.workroom.look(("exposure", account), job, good_s=_EXPOSURE_GOOD_S)


def _limit(room: Room) -> Sight[float | None]:
    """Return the correlation from which an entry is refused; a profile may be unusable."""
    settings = room.house.settings
    name, folder = settings.risk_profile, settings.user_data / "risk"
    return room.glance(
        "correlation limit", lambda: load_risk_profile(name, folder).max_correlation, good_s=30.0
    )


def _orders(room: Room) -> None:
    orders = room.glance("orders", lambda: read_orders(room.house), good_s=4.0)
    if orders.value is None:
        place(away("the halts", orders.problem))
        return
    place(tag("div", orders_card(orders.value[:_MOST_ORDERS], room.now)))


def _report(room: Room, account: str) -> RiskReport | None:
    """Return what the account's bot last reported."""
    reports = room.glance("reports", lambda: read_reports(room.house.settings), good_s=2.0)
    return next((one for one in reports.value or () if one.account == account), None)
