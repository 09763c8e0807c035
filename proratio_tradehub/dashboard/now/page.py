"""Draws the page Now: an account as it stands, or the backtest where nothing trades."""

from __future__ import annotations

from typing import Final

import streamlit as st

from proratio_core.streaming.health import stream_health_file
from proratio_signals.health import health_file
from proratio_tradehub.dashboard.downloads import offer_tables, stored_table
from proratio_tradehub.dashboard.equity import EquityCurve
from proratio_tradehub.dashboard.look import Html, empty, tag
from proratio_tradehub.dashboard.now.equity_part import limits_of, see_equity, show_equity
from proratio_tradehub.dashboard.now.figures import Holding, Light, answer_of
from proratio_tradehub.dashboard.now.queries import (
    read_holdings,
    read_incidents,
    read_last_votes,
)
from proratio_tradehub.dashboard.now.run_part import show_run
from proratio_tradehub.dashboard.now.view import (
    answer_bar,
    health_card,
    holdings_card,
    incidents_card,
    light_of_report,
    light_of_service,
    light_of_stream,
    money_tiles,
    room_card,
    votes_card,
)
from proratio_tradehub.dashboard.reading import Sight
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.standing import see_standing
from proratio_tradehub.dashboard.subject import Subject
from proratio_tradehub.desk import Headroom, RiskReport, read_reports

__all__ = ["show"]

_MOST_VOTES: Final = 6
_MOST_INCIDENTS: Final = 7


def show(room: Room) -> None:
    """Draw the page."""
    subject = room.subject
    if subject is None:
        place(empty("Nothing has run yet", "A demo fills every page in a minute.", "make demo"))
    elif subject.run_id is not None:
        show_run(room, subject, subject.run_id)
    else:
        _show_account(room, subject, subject.key)


def _show_account(room: Room, subject: Subject, account: str) -> None:
    room.live(lambda: _top(room, subject, account))
    left, right = st.columns([1.9, 1], gap="small")
    with left:
        room.live(lambda: show_equity(room, subject), every_s=20.0)
    with right:
        room.live(lambda: _beside(room, subject, account))
    room.live(lambda: _below(room, subject, account))
    tables = ("trades", "equity", "journal")
    offer_tables([stored_table(room, name, account=account) for name in tables], key="now")


def _top(room: Room, subject: Subject, account: str) -> None:
    """Place the answer and the figures it rests on."""
    sight = see_equity(room, subject)
    standing, report = see_standing(room.house).value, _report(room, account)
    held = _see_holdings(room, subject).value or ()
    place(answer_bar(answer_of(standing, report, now=room.now, problem=sight.problem)))

    def draw(curve: EquityCurve) -> Html:
        fall = _fall(report) or Headroom(
            "drawdown", curve.drawdown_frac or 0.0, limits_of(room).max_drawdown_frac, "frac"
        )
        return money_tiles(curve, subject.quote, fall=fall, holdings=held)

    room.show(sight, draw)


def _fall(report: RiskReport | None) -> Headroom | None:
    """Return the drawdown as the bot measures it: from the peak, or from when it was forgiven."""
    lines = report.headroom if report is not None else ()
    return next((line for line in lines if line.limit == "drawdown"), None)


def _beside(room: Room, subject: Subject, account: str) -> None:
    """Place what is held and the room that is left."""
    held = _see_holdings(room, subject)
    room.show(held, lambda found: holdings_card(found, subject.quote, room.now))
    place(room_card(_report(room, account), room.now))


def _below(room: Room, subject: Subject, account: str) -> None:
    exchange, now = subject.exchange, room.now
    votes = room.see(
        ("last votes", exchange), lambda db: read_last_votes(db, exchange, most=_MOST_VOTES)
    )
    incidents = room.see(
        ("incidents", account),
        lambda db: read_incidents(db, account, now=now, most=_MOST_INCIDENTS),
    )
    cards = (
        room.drawn(votes, lambda found: votes_card(found, now)),
        health_card(_lights(room, subject, votes.problem)),
        room.drawn(incidents, lambda found: incidents_card(found, now)),
    )
    place(tag("div", *cards, class_="p-grid"))


def _see_holdings(room: Room, subject: Subject) -> Sight[tuple[Holding, ...]]:
    return room.see(("holdings", subject.key), lambda database: read_holdings(database, subject))


def _report(room: Room, account: str) -> RiskReport | None:
    """Return what the account's bot last reported."""
    reports = room.glance("reports", lambda: read_reports(room.house.settings), good_s=2.0)
    return next((one for one in reports.value or () if one.account == account), None)


def _lights(room: Room, subject: Subject, problem: str) -> tuple[tuple[str, Light, str], ...]:
    settings = room.house.settings
    service = room.glance("service", lambda: health_file(settings, settings.profile).read())
    stream = room.glance("stream", lambda: stream_health_file(settings, subject.exchange).read())
    answers = "answers within its limit of 3 s"
    database = Light.SILENT if problem else Light.RUNNING
    return (
        light_of_report(_report(room, subject.key), room.now),
        light_of_service(service.value, room.now),
        light_of_stream(stream.value, room.now),
        ("Database", database, problem or answers),
    )
