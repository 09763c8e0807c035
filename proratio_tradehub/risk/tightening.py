"""A user's changes may make a limit tighter, never looser. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from proratio_core.errors import ConfigurationError
from proratio_tradehub.risk.limits import Direction
from proratio_tradehub.risk.profile import RiskProfile

__all__ = ["tightened"]


def tightened(base: RiskProfile, name: str, changes: Mapping[str, Any]) -> RiskProfile:
    """Return `base` with `changes`, called `name`.

    Parameters
    ----------
    base
        The built-in profile.
    name
        What the result is called.
    changes
        Limits by name, tables as nested mappings; what is not named stays as it is.

    Raises
    ------
    ConfigurationError
        A key is unknown, or a limit would be looser than in `base`.
    ValidationError
        A value is outside its range, or the result contradicts itself.

    Examples
    --------
    >>> from proratio_tradehub.risk.profile_files import load_risk_profile
    >>> tightened(load_risk_profile("proratio"), "mine", {"max_positions": 2}).max_positions
    2
    """
    document = _merged(base, changes, place="")
    result = RiskProfile.model_validate({**document, "name": name})
    problems = list(_loosened(base, result, place=""))
    if problems:
        raise ConfigurationError(
            f"{'; '.join(problems)}. A file may tighten the limits of its base "
            f"{base.name!r}, never loosen them: correct or remove these lines"
        )
    return result


def _merged(base: BaseModel, changes: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the document of `base` with `changes` in it, table by table."""
    known = type(base).model_fields
    merged = {name: getattr(base, name) for name in known}
    for key, value in changes.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise ConfigurationError(
                f"{place}{key} is not a limit; {hint}there are: {', '.join(known)}"
            )
        table = merged[key]
        if isinstance(table, BaseModel) and isinstance(value, Mapping):
            merged[key] = _merged(table, value, place=f"{place}{key}.")
        else:
            merged[key] = value
    return merged


def _loosened(base: BaseModel, result: BaseModel, place: str) -> Iterator[str]:
    """Yield every limit of `result` that is looser than that of `base`."""
    for name, field in type(base).model_fields.items():
        before, after = getattr(base, name), getattr(result, name)
        direction = next((item for item in field.metadata if isinstance(item, Direction)), None)
        if (place + name) in {"name", "description"} or before == after:
            continue
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from _loosened(before, after, place=f"{place}{name}.")
        elif direction is None or not _is_tighter(direction, before, after):
            yield f"{place}{name} = {_shown(after)} is not {_WAYS[direction]} {_shown(before)}"


_WAYS = {
    Direction.LOWER: "below",
    Direction.HIGHER: "above",
    Direction.FEWER: "less than",
    Direction.FIXED: "the same as",
    None: "the same as",
}


def _is_tighter(direction: Direction, before: Any, after: Any) -> bool:
    """Return whether a changed limit is tighter; a limit where there was none always is."""
    if before is None or after is None:
        return after is not None
    if direction is Direction.LOWER:
        return bool(after < before)
    if direction is Direction.HIGHER:
        return bool(after > before)
    return direction is Direction.FEWER and bool(after < before)  # sets: a part of; False < True


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
