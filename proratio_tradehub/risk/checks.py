"""What a number or a moment must be before a risk decision may rest on it; all else is refused."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from proratio_core.errors import RiskError

__all__ = ["check_finite", "check_fraction", "check_not_negative", "check_positive", "check_utc"]

_INF = math.inf
_NO_OFFSET = timedelta(0)


def check_positive(name: str, value: float) -> None:
    """Raise `RiskError` unless `value` is a finite number above zero."""
    if not ((type(value) is float or _is_number(value)) and 0.0 < value < _INF):
        raise RiskError(f"{name} is {value!r}; expected a finite number above zero")


def check_not_negative(name: str, value: float) -> None:
    """Raise `RiskError` unless `value` is a finite number of at least zero."""
    if not ((type(value) is float or _is_number(value)) and 0.0 <= value < _INF):
        raise RiskError(f"{name} is {value!r}; expected a finite number of at least zero")


def check_finite(name: str, value: float) -> None:
    """Raise `RiskError` unless `value` is a finite number."""
    if not ((type(value) is float or _is_number(value)) and -_INF < value < _INF):
        raise RiskError(f"{name} is {value!r}; expected a finite number")


def check_fraction(name: str, value: float) -> None:
    """Raise `RiskError` unless `value` is a number from 0 to 1."""
    if not ((type(value) is float or _is_number(value)) and 0.0 <= value <= 1.0):
        raise RiskError(f"{name} is {value!r}; expected a fraction from 0 to 1")


def check_utc(name: str, moment: datetime) -> None:
    """Raise `RiskError` unless `moment` is a time in UTC that says so."""
    if not isinstance(moment, datetime) or (
        moment.tzinfo is not UTC and moment.utcoffset() != _NO_OFFSET
    ):
        raise RiskError(f"{name} is {moment!r}; expected a timezone-aware time in UTC")


def _is_number(value: object) -> bool:
    """Return whether it is one; a float nearly always, so that is asked before this is called."""
    return isinstance(value, float | int) and not isinstance(value, bool)
