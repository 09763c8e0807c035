"""Parameters of a rule that may be searched: each stands with its field, range and purpose.

The rule stays a frozen value. A search makes other rules from it, and so does the file in which a
search leaves what it found; trading and backfill read that file alike and judge the same candles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules.base import Rule

__all__ = ["Span", "retuned", "tunable", "tunables", "widest"]

_KEY: Final = "span"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a parameter may be looked for, both ends included.

    Parameters
    ----------
    low, high
        The ends; whole numbers make it a whole-number parameter.
    space
        Freqtrade's name for what it decides: `buy` for entries, `sell` for exits.
    """

    low: float
    high: float
    space: str

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def holds(self, value: object) -> bool:
        """Return whether `value` is a number of the right kind inside the span."""
        kinds: tuple[type, ...] = (int,) if self.is_whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            return False
        return self.low <= value <= self.high  # type: ignore[operator]


def tunable(default: float, low: float, high: float, *, space: str = "buy") -> Any:
    """Return a dataclass field with a default and the span it may be searched in."""
    return field(default=default, metadata={_KEY: Span(low, high, space)})


def tunables(rule: Rule) -> Mapping[str, Span]:
    """Return the spans of a rule's parameters by name; a rule that states none has none."""
    if not hasattr(rule, "__dataclass_fields__"):
        return {}
    return {
        entry.name: entry.metadata[_KEY]
        for entry in fields(rule)  # type: ignore[arg-type]  # told by the line above
        if _KEY in entry.metadata
    }


def retuned(rule: Rule, values: Mapping[str, Any]) -> Rule:
    """Return the rule with other parameters; the rule itself when there are none.

    Raises
    ------
    ConfigurationError
        A name is not a parameter of this rule, or a value is outside its span.
    """
    if not values:
        return rule
    known = tunables(rule)
    for name, value in values.items():
        if name not in known:
            raise ConfigurationError(
                f"{type(rule).__name__} has no parameter {name!r}; "
                f"it has: {', '.join(sorted(known)) or 'none'}"
            )
        span = known[name]
        if not span.holds(value):
            kind = "a whole number" if span.is_whole else "a number"
            raise ConfigurationError(
                f"{type(rule).__name__}: {name} is {value!r}, expected {kind} from {span.low} to "
                f"{span.high}; correct the parameter file or delete it"
            )
    return replace(rule, **values)  # type: ignore[type-var]  # only dataclasses have parameters


def widest(rule: Rule) -> Rule:
    """Return the rule of the whole search space that needs the most candles to start."""
    candles = {
        name: span.high for name, span in tunables(rule).items() if name.endswith("_candles")
    }
    return retuned(rule, candles)
