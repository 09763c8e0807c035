"""Numbers and times as a person reads them: always with their unit, a dash for what is not known.

A gain and a loss differ by arrow and sign, never by colour alone. Pure.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

__all__ = [
    "NOTHING",
    "age",
    "bps",
    "brief",
    "change",
    "change_percent",
    "count",
    "day",
    "duration",
    "latency",
    "moment",
    "money",
    "percent",
    "plain",
    "price",
    "usd",
]

NOTHING: Final = "–"
"""What stands where nothing is known."""

_MINUS: Final = "−"
"""As wide as a plus, so that columns of signed numbers stay straight."""


def plain(value: float | None, digits: int = 2) -> str:
    """Return a number without a unit.

    Examples
    --------
    >>> plain(1234.5), plain(-0.001), plain(float("nan"))
    ('1,234.50', '0.00', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    text = f"{value:,.{digits}f}"
    if not any(digit in "123456789" for digit in text):
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def money(value: float | None, currency: str) -> str:
    """Return an amount of money: two decimals, none from a hundred thousand on.

    Examples
    --------
    >>> money(9_876.543, "USDT"), money(1_234_567.8, "USDT")
    ('9,876.54 USDT', '1,234,568 USDT')
    """
    text = plain(value, 2 if value is None or abs(value) < 100_000 else 0)
    return text if text == NOTHING else f"{text} {currency}".rstrip()


def usd(value: float | None) -> str:
    """Return what a language model cost; small amounts keep their cents' fractions."""
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = 2 if value == 0 or abs(value) >= 1 else 4
    return f"{plain(value, digits)} USD"


def price(value: float | None) -> str:
    """Return a price with five significant digits, more where it is above a hundred thousand.

    Examples
    --------
    >>> price(64_123.456), price(0.000012345678), price(1.5)
    ('64,123', '0.000012346', '1.5000')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    size = math.floor(math.log10(abs(value))) if value else 0
    return plain(value, max(0, min(4 - size, 12)))


def percent(frac: float | None, digits: int = 2) -> str:
    """Return a fraction as percent, without a sign for what is above zero.

    Examples
    --------
    >>> percent(0.0734), percent(None)
    ('7.34%', '–')
    """
    text = plain(None if frac is None else frac * 100, digits)
    return text if text == NOTHING else f"{text}%"


def change(value: float | None, currency: str = "", digits: int = 2) -> str:
    """Return a gain or loss with arrow and sign.

    Examples
    --------
    >>> change(12.5, "USDT"), change(-3.0, "USDT"), change(0.0, "USDT")
    ('▲ +12.50 USDT', '▼ −3.00 USDT', '0.00 USDT')
    """
    text = plain(value, digits)
    if text == NOTHING or value is None:
        return NOTHING
    return _signed(text, value, f" {currency}".rstrip())


def change_percent(frac: float | None, digits: int = 2) -> str:
    """Return a relative gain or loss with arrow and sign.

    Examples
    --------
    >>> change_percent(0.0123), change_percent(-0.5, 0)
    ('▲ +1.23%', '▼ −50%')
    """
    if frac is None or not math.isfinite(frac):
        return NOTHING
    return _signed(plain(frac * 100, digits), frac, "%")


def bps(frac: float | None) -> str:
    """Return a fraction in basis points, signed."""
    if frac is None or not math.isfinite(frac):
        return NOTHING
    text = plain(frac * 10_000, 0)
    return f"{text if text.startswith(_MINUS) or text == '0' else '+' + text} bp"


def count(value: int | None) -> str:
    """Return a number of things."""
    return NOTHING if value is None else f"{value:,}".replace("-", _MINUS)


def duration(seconds: float | None) -> str:
    """Return a length of time in its two largest units.

    Examples
    --------
    >>> duration(7), duration(125), duration(7_500), duration(200_000)
    ('7 s', '2 min 5 s', '2 h 5 min', '2 d 7 h')
    """
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    left = max(int(seconds), 0)
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for unit, length in units:
        number, left = divmod(left, length)
        if parts:
            parts.append(f"{number} {unit}" if number else "")
            break
        if number or unit == "s":
            parts.append(f"{number} {unit}")
    return " ".join(filter(None, parts))


def brief(seconds: float | None) -> str:
    """Return a length of time in its largest unit alone.

    Examples
    --------
    >>> brief(7), brief(7_500), brief(200_000)
    ('7 s', '2 h', '2 d')
    """
    return " ".join(duration(seconds).split(" ")[:2])


def latency(seconds: float | None) -> str:
    """Return how long an answer took.

    Examples
    --------
    >>> latency(0.0421), latency(2.34)
    ('42 ms', '2.3 s')
    """
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def age(at: datetime | None, now: datetime) -> str:
    """Return how long ago something was; a clock that is ahead of ours is said, not hidden.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> age(noon, noon + timedelta(minutes=3)), age(noon + timedelta(hours=1), noon)
    ('3 min ago', '1 h ahead of this clock')
    """
    if at is None:
        return NOTHING
    passed = now - at
    if passed < timedelta(seconds=-2):
        return f"{duration(-passed.total_seconds())} ahead of this clock"
    return f"{brief(passed.total_seconds())} ago"


def moment(at: datetime | None) -> str:
    """Return a moment to the minute, UTC."""
    return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def day(at: datetime | None) -> str:
    """Return a day."""
    return NOTHING if at is None else f"{at:%Y-%m-%d}"


def _signed(text: str, value: float, unit: str) -> str:
    if not any(digit in "123456789" for digit in text):
        return f"{text}{unit}"
    return f"▲ +{text}{unit}" if value > 0 else f"▼ {text}{unit}"
