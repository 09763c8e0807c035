"""Numbers and times: with units, never by colour alone, a dash for what is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proratio_tradehub.dashboard.look import formats

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
NONE = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (formats.plain(1234.5), "1,234.50"),
        (formats.plain(-0.001), "0.00"),
        (formats.plain(-12.0, 0), "−12"),
        (formats.money(99_999.994, "USDT"), "99,999.99 USDT"),
        (formats.money(100_000.4, "USDT"), "100,000 USDT"),
        (formats.money(5.0, ""), "5.00"),
        (formats.usd(0.00123), "0.0012 USD"),
        (formats.usd(0.0), "0.00 USD"),
        (formats.price(64_123.456), "64,123"),
        (formats.price(0.000012345678), "0.000012346"),
        (formats.price(0.0), "0.0000"),
        (formats.percent(0.0734), "7.34%"),
        (formats.change(12.5, "USDT"), "▲ +12.50 USDT"),
        (formats.change(-3.0, "USDT"), "▼ −3.00 USDT"),
        (formats.change(-0.001, "USDT"), "0.00 USDT"),
        (formats.change_percent(-0.5, 0), "▼ −50%"),
        (formats.change_percent(0.0), "0.00%"),
        (formats.bps(0.0012), "+12 bp"),
        (formats.bps(-0.0012), "−12 bp"),
        (formats.count(12_345), "12,345"),
        (formats.duration(7), "7 s"),
        (formats.duration(3_600), "1 h"),
        (formats.duration(200_000), "2 d 7 h"),
        (formats.brief(7_500), "2 h"),
        (formats.latency(0.0421), "42 ms"),
        (formats.latency(2.34), "2.3 s"),
        (formats.moment(NOW), "2024-05-01 12:00 UTC"),
        (formats.day(NOW), "2024-05-01"),
    ],
)
def test_value_is_written_with_its_unit(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    "text",
    [
        formats.plain(None),
        formats.money(NONE, "USDT"),
        formats.usd(None),
        formats.price(NONE),
        formats.percent(None),
        formats.change(NONE),
        formats.change_percent(None),
        formats.bps(float("inf")),
        formats.count(None),
        formats.duration(None),
        formats.latency(NONE),
        formats.age(None, NOW),
        formats.moment(None),
        formats.day(None),
    ],
)
def test_what_is_not_known_is_a_dash(text: str) -> None:
    assert text == formats.NOTHING


def test_clock_that_is_ahead_is_said() -> None:
    assert formats.age(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert formats.age(NOW + timedelta(seconds=1), NOW) == "0 s ago"
    assert formats.age(NOW + timedelta(hours=1), NOW) == "1 h ahead of this clock"
