"""Which values of which parameters are tried. Pure.

Every axis is a finite, ordered list: what may be tried is known beforehand, so it can be counted,
laid out as a map, and its candidates put to the voters before the search begins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from proratio_core.errors import DataError
from proratio_quantlab.specification import ParameterValue

__all__ = ["Axis", "Point", "SearchSpace"]

Point = tuple[tuple[str, ParameterValue], ...]
"""One value for each axis, in the order of the axes."""

_MOST_VALUES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and the values it may take, in the order they are laid out.

    Parameters
    ----------
    name
        The parameter.
    values
        At least one, each once.
    """

    name: str
    values: tuple[ParameterValue, ...]

    def __post_init__(self) -> None:
        if not self.name or not self.values:
            raise DataError(f"parameter {self.name!r} has no values; write name=1,2,3")
        if len(set(self.values)) != len(self.values):
            raise DataError(f"parameter {self.name} lists a value twice; list each once")

    @classmethod
    def parse(cls, text: str) -> Axis:
        """Return the axis `text` names.

        Raises
        ------
        DataError
            It is neither `name=a,b,c` nor `name=first:last:step`.

        Examples
        --------
        >>> Axis.parse("fast_candles=10:20:5").values
        (10, 15, 20)
        >>> Axis.parse("mode=plain,bold").values
        ('plain', 'bold')
        """
        name, found, listed = text.partition("=")
        if not found or not listed:
            raise DataError(
                f"parameter {text!r} is not understood; write name=a,b,c or name=first:last:step"
            )
        if ":" in listed:
            return cls(name.strip(), _stepped(listed, text))
        return cls(name.strip(), tuple(_value(word.strip()) for word in listed.split(",")))


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """Every combination of the values of some axes.

    Parameters
    ----------
    axes
        At least one, each parameter once.
    """

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        if not names:
            raise DataError("nothing is varied; name at least one parameter: --param name=a,b,c")
        if len(set(names)) != len(names):
            raise DataError(f"a parameter is varied twice: {', '.join(names)}; name each once")

    @classmethod
    def parse(cls, texts: Iterable[str]) -> SearchSpace:
        """Return the space whose axes `texts` name, as `Axis.parse` reads them.

        Raises
        ------
        DataError
            One is not understood, or a parameter is named twice.
        """
        return cls(tuple(Axis.parse(text) for text in texts))

    @property
    def size(self) -> int:
        """How many combinations there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    def points(self) -> Iterator[Point]:
        """Yield every combination, the last axis varying fastest."""
        for values in product(*(axis.values for axis in self.axes)):
            yield tuple(zip((axis.name for axis in self.axes), values, strict=True))

    def point(self, indices: Mapping[str, int]) -> Point:
        """Return the combination at these places of the axes' values."""
        return tuple((axis.name, axis.values[indices[axis.name]]) for axis in self.axes)

    def neighbours(self, point: Point) -> tuple[Point, ...]:
        """Return the points one step away along one axis or, diagonally, along several."""
        chosen = dict(point)
        steps = []
        for axis in self.axes:
            place = axis.values.index(chosen[axis.name])
            steps.append(axis.values[max(place - 1, 0) : place + 2])
        names = [axis.name for axis in self.axes]
        around = (tuple(zip(names, values, strict=True)) for values in product(*steps))
        return tuple(near for near in around if near != point)


def _stepped(listed: str, text: str) -> tuple[int | float, ...]:
    """Return first, first + step, ... up to and including last."""
    numbers = [_value(word.strip()) for word in listed.split(":")]
    if len(numbers) != 3 or not all(type(number) in (int, float) for number in numbers):
        raise DataError(f"parameter {text!r} is not understood; write name=first:last:step")
    first, last, step = (float(number) for number in numbers)
    if not (math.isfinite(first) and math.isfinite(last) and step > 0 and last >= first):
        raise DataError(f"parameter {text!r} goes nowhere; the last value is not below the first")
    count = math.floor((last - first) / step + 1e-9) + 1
    if count > _MOST_VALUES:
        raise DataError(f"parameter {text!r} has {count:,} values; take a larger step")
    values = [round(first + index * step, 12) for index in range(count)]
    whole = all(type(number) is int for number in numbers)
    return tuple(int(value) if whole else value for value in values)


def _value(word: str) -> ParameterValue:
    """Return the number, truth value or text that a word is."""
    if word in ("true", "false"):
        return word == "true"
    for kind in (int, float):
        try:
            number = kind(word)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    if not word:
        raise DataError("a list of values has an empty place; write name=a,b,c")
    return word
