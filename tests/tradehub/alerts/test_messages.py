"""What a person reads: marked, complete, never obeying what others wrote, never too long."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_tradehub.alerts.messages import MOST_CAPTION_CHARS, MOST_CHARS, Message, message_of
from proratio_tradehub.alerts.news import (
    DailySummary,
    DegradedVotes,
    Entered,
    Exited,
    Incidents,
    ManyTrades,
    Mark,
    News,
    Orders,
    Refusals,
    Silence,
    Undelivered,
    WeeklyReport,
)
from proratio_tradehub.alerts.samples import samples
from proratio_tradehub.halts.events import Action
from tests.tradehub.alerts.made import NOON
from tests.tradehub.halts.made import order
from tests.wire.fake_telegram import parsed

SAMPLES = {type(news): news for news in samples(NOON)}


def _lines(news: News) -> list[str]:
    return message_of(news).text.splitlines()


def test_an_entry_says_what_each_voter_said_in_two_lines() -> None:
    lines = _lines(SAMPLES[Entered])
    assert lines == [
        "🎲 SIMULATED · no market, no money",
        "Entered long BTC/USDT",
        "43,120.50, stop 42,301.20, stake 250.00 USDT, AIEnhancedTrend",
        "Vote 0.63 (entry above 0.60): chatgpt BUY 88 % · claude BUY 79 % · gemini HOLD 40 %",
        "chatgpt: The fast average crossed above the slow one on rising volume · claude: "
        "The stop is 1.9 % away and no event is near · gemini: Sentiment is neutral, funding "
        "slightly positive",
        "Expected +2.10 % within 12 candles",
        "2024-06-01 12:00:00 UTC",
    ]


def test_an_entry_nobody_voted_on_says_nothing_of_votes() -> None:
    plain = replace(SAMPLES[Entered], score=None, threshold=None, forecast=None, stop_price=None)
    assert _lines(plain)[2:-1] == ["43,120.50, no stop, stake 250.00 USDT, AIEnhancedTrend"]


def test_an_exit_holds_what_came_against_what_was_predicted() -> None:
    assert _lines(SAMPLES[Exited])[2:4] == [
        "+2.74 USDT (+1.10 %) at 43,681.10, roi, AIEnhancedTrend",
        "Price +1.30 % after 9 candles; predicted +2.10 % within 12 candles",
    ]
    unpredicted = replace(SAMPLES[Exited], forecast=None, held_candles=None)
    assert _lines(unpredicted)[3] == "Price +1.30 % after 9 h 0 min; nothing was predicted"


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=23, minutes=5), "23 h 5 min"),
        (timedelta(days=3, hours=7), "3 d 7 h"),
    ],
    ids=str,
)
def test_a_time_is_told_as_people_tell_it(held: timedelta, shown: str) -> None:
    news = replace(SAMPLES[Exited], held=held, held_candles=None)
    assert _lines(news)[3].startswith(f"Price +1.30 % after {shown};")


def test_many_trades_are_one_sum() -> None:
    assert _lines(SAMPLES[ManyTrades])[1:4] == [
        "12 opened, 9 closed",
        "freqtrade dry_run simulated spot",
        "+31.40 USDT from 9 closed (6 won), since 2024-06-01 05:00:00 UTC",
    ]


def test_incidents_are_counted_and_the_newest_shown() -> None:
    lines = _lines(SAMPLES[Incidents])
    assert lines[1] == "⚠ 2 incidents in trading"
    assert lines[4] == "and 1 before"


def test_a_silent_bot_says_what_it_held_and_its_return_is_told() -> None:
    silent = _lines(SAMPLES[Silence])
    assert silent[1] == "⚠ A bot is silent"
    assert silent[3].startswith("It held 2 positions; it was stopped, was killed or hangs")
    assert _lines(replace(SAMPLES[Silence], positions=0))[3].startswith("it was stopped")
    assert _lines(replace(SAMPLES[Silence], is_over=True))[1] == "▶ A bot reports again"


def test_days_that_are_summed_up_and_what_was_not_recorded_are_said() -> None:
    day = SAMPLES[DailySummary]
    assert _lines(day)[1] == "Day 2024-06-01"
    outage = replace(day, days=3, figures=replace(day.figures, equity_quote=None))
    assert _lines(outage)[1] == "3 days to 2024-06-01"
    assert _lines(outage)[4] == "Equity was not recorded"


def test_a_week_without_a_picture_says_why() -> None:
    week = replace(SAMPLES[WeeklyReport], chart_png=None, chartless="no equity")
    assert _lines(week)[-2] == "No chart: no equity"


@pytest.mark.parametrize("action", Action)
def test_an_order_leads_with_what_it_orders(action: Action) -> None:
    title = message_of(Orders(Mark.LIVE, (order("x", action),))).title
    assert {
        Action.HALT: "⛔ HALT",
        Action.REDUCE_ONLY: "⛔ REDUCE-ONLY",
        Action.SAFE_MODE: "⛔ SAFE MODE",
        Action.LIQUIDATE: "⛔ LIQUIDATION",
        Action.RESUME: "▶ RESUMED",
    }[action] == title.partition(":")[0]


def test_many_orders_are_counted_and_the_newest_shown() -> None:
    lines = _lines(Orders(Mark.LIVE, tuple(order(f"o{n}", minute=n) for n in range(9))))
    assert lines[2] == "3 earlier orders: proratio risk history"
    assert lines[-2] == "halt by a test at 12:08:00: because of o8"


def test_degraded_votes_and_refusals_are_sums() -> None:
    assert _lines(SAMPLES[DegradedVotes])[2:4] == [
        "4 live votes without every voter since 2024-06-01 09:00:00 UTC; 1 came to no action",
        "gemini TIMEOUT × 3, claude RATE_LIMITED × 1",
    ]
    assert message_of(SAMPLES[Refusals]).title == "3 entries refused for risk"
    one = replace(SAMPLES[Refusals], by_rule=(("spread", 1),))
    assert message_of(one).title == "1 entry refused for risk"


@pytest.mark.parametrize(
    ("price", "shown"),
    [(43_120.5, "43,120.50"), (0.00001234, "1.234e-05"), (1.23456, "1.2346"), (math.nan, "nan")],
)
def test_prices_keep_the_digits_that_matter(price: float, shown: str) -> None:
    assert _lines(replace(SAMPLES[Entered], price=price))[2].startswith(f"{shown}, stop")


@pytest.mark.parametrize("news", samples(NOON), ids=lambda news: type(news).__name__)
def test_no_mark_can_be_taken_for_another(news: News) -> None:
    heads = {message_of(replace(news, mark=mark)).text.splitlines()[0] for mark in Mark}
    assert len(heads) == len(Mark)
    for mark in Mark:
        message = message_of(replace(news, mark=mark))
        first = message.text.splitlines()[0]
        assert [other for other in Mark if f" {other} " in f"{first} "] == [mark]
        assert message.subject.startswith(f"[{mark}] ")


def _worst(value: Any, text: str) -> Any:
    """Return news as long and as hostile as it can be: every text replaced, every list filled."""
    match value:
        case str() if not isinstance(value, Mark | Action):
            return text
        case bytes() | datetime():
            return value
        case float():
            return -1.7976931348623157e300
        case tuple() if value:
            is_list = len({type(item) for item in value}) == 1
            return tuple(_worst(item, text) for item in (value * 30 if is_list else value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            changes = {f.name: _worst(getattr(value, f.name), text) for f in fields(value)}
            return replace(value, **changes)
    return value


def _is_fit(message: Message) -> bool:
    limit = MOST_CHARS if message.picture_png is None else MOST_CAPTION_CHARS
    words = parsed(message.html)
    return words is not None and len(words) <= limit and words == message.text


@settings(max_examples=20)
@given(st.text(min_size=1))
def test_whatever_others_write_telegram_can_show_it(text: str) -> None:
    for news in samples(NOON):
        assert _is_fit(message_of(_hostile(news, text)))


def _hostile(news: News, text: str) -> Any:
    return _worst(news, text) if not isinstance(news, Orders | Undelivered) else news


@pytest.mark.parametrize("news", samples(NOON), ids=lambda news: type(news).__name__)
def test_the_longest_message_fits(news: News) -> None:
    message = message_of(_hostile(news, "</b>&<script>" * 400))
    assert _is_fit(message)
    assert "<script" not in message.html
