"""The limits of a risk profile as a form has them, and what a change comes to. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from proratio_tradehub.risk import RiskProfile
from proratio_tradehub.risk.limits import Direction

__all__ = ["Change", "Limit", "changes_of", "limits_of", "nested", "toml_of"]


_UNITS = {"frac": "%", "s": "s", "quote": "in quote"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A number a user may make tighter.

    Parameters
    ----------
    name
        Its key, `sizing.stake_frac` where it stands in a table.
    value
        As it is; None where there is no such limit.
    is_lower
        Whether less is tighter; else more is.
    is_whole
        Whether it counts things.
    """

    name: str
    value: float | None
    is_lower: bool
    is_whole: bool

    @property
    def is_percent(self) -> bool:
        """Whether it is a fraction, which a person reads as percent."""
        return self.name.endswith("_frac")

    @property
    def shown(self) -> float | None:
        """The value as the form has it."""
        if self.value is None or not self.is_percent:
            return self.value
        return round(self.value * 100, 6)

    @property
    def label(self) -> str:
        """Its name for people, with the unit."""
        suffix = next((one for one in _UNITS if self.name.endswith(f"_{one}")), "")
        words = self.name.removesuffix(f"_{suffix}").replace("_", " ").replace(".", ": ")
        return f"{words} ({_UNITS[suffix]})" if suffix else words

    def stored(self, shown: float | None) -> float | int | None:
        """Return what a number of the form is in the file."""
        if shown is None:
            return None
        if self.is_whole:
            return int(shown)
        return round(shown / 100, 8) if self.is_percent else float(shown)


@dataclass(frozen=True, slots=True)
class Change:
    """A limit that changes: its key, what it was and what it becomes."""

    name: str
    before: float | None
    after: float | int | None

    def __str__(self) -> str:
        before = "no limit" if self.before is None else f"{self.before:g}"
        after = "no limit" if self.after is None else f"{self.after:g}"
        return f"{self.name}: {before} → {after}"


def limits_of(profile: RiskProfile) -> tuple[Limit, ...]:
    """Return every number of a profile that may be made tighter, in its own sequence."""
    return tuple(_limits(profile, ""))


def changes_of(profile: RiskProfile, shown: Mapping[str, float | None]) -> tuple[Change, ...]:
    """Return what differs from the profile in the numbers of a form."""
    found = []
    for limit in limits_of(profile):
        if limit.name in shown and shown[limit.name] != limit.shown:
            found.append(Change(limit.name, limit.value, limit.stored(shown[limit.name])))
    return tuple(found)


def nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted keys as tables.

    Examples
    --------
    >>> nested({"max_positions": 2, "sizing.stake_frac": 0.01})
    {'max_positions': 2, 'sizing': {'stake_frac': 0.01}}
    """
    document: dict[str, Any] = {}
    for name, value in changes.items():
        *tables, key = name.split(".")
        place = document
        for table in tables:
            place = place.setdefault(table, {})
        place[key] = value
    return document


def toml_of(base: str, document: Mapping[str, Any]) -> str:
    """Return the file of a profile that changes these limits of `base`."""
    lines = [f"base = {json.dumps(base)}"]
    tables = [(name, value) for name, value in document.items() if isinstance(value, Mapping)]
    lines += [
        f"{name} = {json.dumps(value)}"
        for name, value in document.items()
        if not isinstance(value, Mapping)
    ]
    for name, table in tables:
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {_inline(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_inline(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value)


def _limits(document: BaseModel, place: str) -> Iterator[Limit]:
    for name, field in type(document).model_fields.items():
        value = getattr(document, name)
        if isinstance(value, BaseModel) and name == "sizing":
            yield from _limits(value, f"{name}.")
        direction = next((one for one in field.metadata if isinstance(one, Direction)), None)
        is_number = field.annotation in {int, float, int | None, float | None}
        if is_number and direction in {Direction.LOWER, Direction.HIGHER}:
            whole = field.annotation in {int, int | None}
            yield Limit(f"{place}{name}", value, direction is Direction.LOWER, whole)
