"""Which of the styles of execution a configuration chooses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from proratio_core.errors import ConfigurationError

__all__ = ["Execution", "Style", "parse_execution"]

_MOST_SLICES: Final = 200
_LONGEST_S: Final = 86_400.0
_ICEBERG_S: Final = 3_600.0


class Style(StrEnum):
    """How an entry gets to the exchange."""

    MARKET = "market"
    """One order that takes what is offered."""
    LIMIT = "limit"
    """One order that waits at a price."""
    TWAP = "twap"
    """Equal slices at equal intervals."""
    VWAP = "vwap"
    """Slices at equal intervals, each as large as its share of the usual volume."""
    ICEBERG = "iceberg"
    """Equal slices, the next one when the last is filled."""

    @property
    def is_sliced(self) -> bool:
        """Whether it is more than one order."""
        return self in {Style.TWAP, Style.VWAP, Style.ICEBERG}


@dataclass(frozen=True, slots=True)
class Execution:
    """A style and its figures.

    Parameters
    ----------
    style
        Which.
    slices
        How many orders; 1 for the styles that are one.
    over_s
        From the first to the end of the last; an iceberg ends then, filled or not.
    order
        The type of each order, `limit` or `market`.
    """

    style: Style = Style.LIMIT
    slices: int = 1
    over_s: float = 0.0
    order: str = "limit"

    @property
    def interval_s(self) -> float:
        """Seconds from one slice to the next."""
        return self.over_s / self.slices


def parse_execution(stated: Mapping[str, Any] | None) -> Execution:
    """Return the execution that a configuration states; a limit order where it states none.

    Parameters
    ----------
    stated
        What stands under `"proratio": {"execution": ...}`: `style`, and for slices `slices`,
        `over_s` and `order`.

    Raises
    ------
    ConfigurationError
        The style is unknown, a figure is missing, out of its range, or not one of the style's.

    Examples
    --------
    >>> parse_execution({"style": "twap", "slices": 6, "over_s": 600}).interval_s
    100.0
    """
    if stated is None:
        return Execution()
    try:
        style = Style(stated.get("style", ""))
    except ValueError:
        raise _wrong(f"style {stated.get('style')!r} is none of {', '.join(Style)}") from None
    known = {"style"} | ({"slices", "over_s", "order"} if style.is_sliced else set())
    if unknown := sorted(set(stated) - known):
        raise _wrong(f"{style} does not know {', '.join(map(repr, unknown))}")
    if not style.is_sliced:
        return Execution(style, order=style.value)
    default_s = _ICEBERG_S if style is Style.ICEBERG else None
    return Execution(
        style,
        slices=int(_number(stated, "slices", 2, _MOST_SLICES, whole=True)),
        over_s=_number(stated, "over_s", 1.0, _LONGEST_S, default=default_s),
        order=_order(stated),
    )


def _number(
    stated: Mapping[str, Any],
    name: str,
    least: float,
    most: float,
    *,
    whole: bool = False,
    default: float | None = None,
) -> float:
    value: Any = stated.get(name, default)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_of_kind = is_number and (isinstance(value, int) or not whole)
    if not is_of_kind or not least <= value <= most:
        raise _wrong(f"{name} is {value!r}; it goes from {least:g} to {most:g}")
    return float(value)


def _order(stated: Mapping[str, Any]) -> str:
    order = stated.get("order", "limit")
    if order not in {"limit", "market"}:
        raise _wrong(f"order is {order!r}; it is limit or market")
    return str(order)


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError(
        f'"proratio": {{"execution": ...}}: {what}; for example '
        '{"style": "twap", "slices": 6, "over_s": 600}'
    )
