"""Bounded, and what is urgent never gives way to what is not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.alerts.news import News, Urgency, WeeklyReport
from proratio_tradehub.alerts.outbox import Outbox
from tests.tradehub.alerts.made import failure, halted, information


def _all(outbox: Outbox) -> list[News]:
    return list(iter(outbox.take, None))


def test_urgent_first_then_in_the_order_of_arrival() -> None:
    outbox = Outbox()
    for news in (information("a"), failure("b"), halted("c"), information("d"), halted("e")):
        outbox.put(news)
    told = [halted("c"), halted("e"), failure("b"), information("a"), information("d")]
    assert _all(outbox) == told


def test_the_oldest_information_gives_way_and_is_counted() -> None:
    outbox = Outbox(most_news=3)
    for name in "abcde":
        outbox.put(information(name))
    outbox.put(halted())
    assert (outbox.dropped, len(outbox)) == (3, 3)
    assert _all(outbox) == [halted(), information("d"), information("e")]


def test_information_that_comes_to_a_queue_full_of_halts_is_what_gives_way() -> None:
    outbox = Outbox(most_news=2)
    for reason in "ab":
        outbox.put(halted(reason))
    outbox.put(information("late"))
    assert _all(outbox) == [halted("a"), halted("b")]


def test_what_is_put_back_is_taken_next() -> None:
    outbox = Outbox()
    for name in "ab":
        outbox.put(information(name))
    first = outbox.take()
    assert first is not None
    outbox.put_back(first)
    assert outbox.take() == first


def test_pictures_are_bounded_in_bytes() -> None:
    outbox = Outbox(most_bytes=100)
    for name in "abc":
        report = information(name)
        assert isinstance(report, WeeklyReport)
        outbox.put(replace(report, chart_png=b"x" * 40))
    outbox.put(information("without"))
    assert (len(outbox), outbox.dropped) == (3, 1)


def test_waiting_ends_when_it_is_closed() -> None:
    outbox = Outbox()
    outbox.close()
    outbox.pause(60)
    outbox.await_news(60)
    assert outbox.is_closed


@given(st.lists(st.sampled_from(Urgency)), st.integers(1, 8))
def test_nothing_is_dropped_while_something_less_urgent_is_left(
    levels: list[Urgency], room: int
) -> None:
    make = {
        Urgency.INFORMATION: information,
        Urgency.WARNING: failure,
        Urgency.CRITICAL: halted,
    }
    outbox = Outbox(most_news=room)
    for number, level in enumerate(levels):
        outbox.put(make[level](str(number)))
    kept = [news.urgency for news in _all(outbox)]
    assert kept == sorted(levels, reverse=True)[:room]
    assert outbox.dropped == len(levels) - len(kept)
