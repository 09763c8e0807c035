"""Which numbers of an answer its voter was never shown; pure.

A voter is told to cite no other number than those it is given. Every number written in digits in
its reasoning, factors and risks is looked for among the numbers of its own prompt, those of its own
answer (confidence, expected return, horizon) and the levels everybody uses (`CONVENTIONS`). What is
not found was computed by the model, remembered, or made up. Signs are ignored.

A number counts as shown when it is a shown one *rounded*: to the digits it is written with (1.32 is
1.3156, not 1.3256), where zeros at the end of a whole number may stand for any digit as long as
that is within 1% (64,000 is 63,870; 100 is 99.5). With `%` or `bp` it is compared as a fraction,
with `k`, `M` or `B` in thousands, millions, billions. Whole numbers up to 12 are counts ("3 of the
last 6 candles") and digits inside a word are names ("EMA20"); neither is looked at.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from proratio_signals.opinions import Opinion
from proratio_signals.prompts import Prompt

__all__ = ["CONVENTIONS", "Citations", "check_citations"]

CONVENTIONS: Final = (20.0, 25.0, 30.0, 50.0, 70.0, 80.0, 100.0)
"""Levels of RSI and ADX, and the whole; known without being shown when written without a unit."""

_LARGEST_COUNT: Final = 12
_ZEROS_TOLERANCE_FRAC: Final = 0.01
_FLOAT_NOISE: Final = 1e-9
_UNITS: Final[Mapping[str, Decimal]] = {
    "%": Decimal("0.01"),
    "percent": Decimal("0.01"),
    "bp": Decimal("0.0001"),
    "bps": Decimal("0.0001"),
    "k": Decimal(1_000),
    "m": Decimal(1_000_000),
    "b": Decimal(1_000_000_000),
}
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
    r"(?:\s?(?:%|(?:percent|bps?|[kKMB])\b))?"
)


@dataclass(frozen=True, slots=True)
class Citations:
    """The numbers an answer cites, as it writes them, in order.

    Parameters
    ----------
    cited
        All that were looked for.
    unfounded
        Those that nobody showed it.
    """

    cited: tuple[str, ...]
    unfounded: tuple[str, ...]


def check_citations(opinion: Opinion, prompt: Prompt) -> Citations:
    """Return the numbers `opinion` cites, and those that are neither in its prompt nor its own.

    Parameters
    ----------
    opinion
        What the voter said.
    prompt
        Exactly what it was asked.
    """
    own = (opinion.confidence, opinion.expected_return_frac, float(opinion.horizon_candles))
    shown = {float(_value(text)) for text in _numbers(f"{prompt.system}\n{prompt.user}")}
    known = sorted(shown | {abs(number) for number in own})
    written = "\n".join((opinion.reasoning, *opinion.factors, *opinion.risks))
    cited = tuple(text for text in _numbers(written) if not _is_count(text))
    return Citations(cited, tuple(text for text in cited if not _is_known(text, known)))


def _numbers(text: str) -> Iterator[str]:
    normal = unicodedata.normalize("NFKC", text)
    return (found.group() for found in _NUMBER.finditer(normal))


def _split(text: str) -> tuple[Decimal, Decimal]:
    """Return a number as written, and what its unit multiplies it with."""
    digits = text.rstrip("%percntbskKMB \t\n\u00a0")
    unit = text[len(digits) :].strip().lower()
    return Decimal(digits.replace(",", "")), _UNITS.get(unit, Decimal(1))


def _value(text: str) -> Decimal:
    number, factor = _split(text)
    return number * factor


def _is_count(text: str) -> bool:
    return text.isdecimal() and int(text) <= _LARGEST_COUNT


def _is_known(text: str, known: list[float]) -> bool:
    number, factor = _split(text)
    if factor == 1 and float(number) in CONVENTIONS:
        return True
    value, tolerance = float(number * factor), float(_half_digit(number) * factor)
    return _has_within(known, value, tolerance + _FLOAT_NOISE * value)


def _half_digit(number: Decimal) -> Decimal:
    """Return half a unit of the last digit that counts."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # digits alone are neither infinite nor NaN
    if exponent < 0 or not number:
        return Decimal(1).scaleb(exponent) / 2
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    loose = min(Decimal(1).scaleb(zeros) / 2, number * Decimal(str(_ZEROS_TOLERANCE_FRAC)))
    return max(loose, Decimal("0.5"))


def _has_within(values: Iterable[float], wanted: float, tolerance: float) -> bool:
    """Return whether one of the ascending `values` is within `tolerance` of `wanted`."""
    ascending = list(values)
    place = bisect_left(ascending, wanted - tolerance)
    return place < len(ascending) and ascending[place] <= wanted + tolerance
