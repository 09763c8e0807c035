"""Whose money it is about, and what gives way to what."""

from __future__ import annotations

from dataclasses import replace

from proratio_signals.opinions import AbstentionKind, Action
from proratio_tradehub.alerts.news import Orders, Urgency, Voice
from proratio_tradehub.alerts.samples import samples
from proratio_tradehub.halts import events
from proratio_tradehub.marks import Mark
from tests.signals.samples import ballots, said, silent
from tests.tradehub.alerts.made import NOON
from tests.tradehub.halts.made import order


def test_a_voice_is_the_opinion_or_why_there_is_none() -> None:
    buy, timeout, _ = ballots(said(Action.BUY, 0.7), silent(), silent())
    assert Voice.of(buy) == Voice("voter-technical", "BUY", 0.7, "because")
    assert Voice.of(timeout) == Voice("voter-risk", AbstentionKind.TIMEOUT, None, "no answer")


def test_the_gravest_order_leads_and_a_resumption_is_no_alarm() -> None:
    halt = order("halt")
    lift = order("lift", events.Action.RESUME, minute=1, lifts=("halt",))
    cut = order("cut", events.Action.REDUCE_ONLY, minute=2)
    close = order("close", events.Action.LIQUIDATE, minute=3)
    assert Orders(Mark.LIVE, (halt, cut)).gravest is events.Action.HALT
    assert Orders(Mark.LIVE, (halt, lift)).gravest is events.Action.RESUME
    assert Orders(Mark.LIVE, (halt, lift)).urgency is Urgency.WARNING
    assert Orders(Mark.LIVE, (halt, lift, cut)).gravest is events.Action.REDUCE_ONLY
    assert Orders(Mark.LIVE, (halt, close)).gravest is events.Action.LIQUIDATE
    assert Orders(Mark.LIVE, (halt, lift, cut)).urgency is Urgency.CRITICAL


def test_news_are_frozen_and_carry_when() -> None:
    for news in samples(NOON):
        assert news.at == NOON
        assert hash(replace(news)) == hash(news)
