"""A rule with some of its parameters set to other values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from proratio_core.errors import ConfigurationError

__all__ = ["parameters_of", "set_parameters"]

AnyRule = TypeVar("AnyRule")
"""Any dataclass of plain numbers; in practice a `Rule`."""


def parameters_of(rule: object) -> dict[str, int | float | bool | str]:
    """Return the parameters of a rule by name, at their present values.

    Examples
    --------
    >>> from proratio_tradehub.strategies.rules import EmaCrossRule
    >>> parameters_of(EmaCrossRule())
    {'fast_candles': 12, 'slow_candles': 26}
    """
    if not is_dataclass(rule) or isinstance(rule, type):
        return {}
    values = {field.name: getattr(rule, field.name) for field in fields(rule) if field.init}
    return {name: value for name, value in values.items() if isinstance(value, int | float | str)}


def set_parameters(rule: AnyRule, parameters: Mapping[str, int | float | bool | str]) -> AnyRule:
    """Return the rule with those of `parameters` set that it has; the others are not its own.

    Raises
    ------
    ConfigurationError
        A value is not of the parameter's kind: a text for a number, a fraction for a count.
    """
    present = parameters_of(rule)
    changes = {
        name: _like(value, present[name], name=name)
        for name, value in parameters.items()
        if name in present
    }
    return replace(rule, **changes) if changes else rule  # type: ignore[type-var]


def _like(
    value: int | float | bool | str, model: int | float | bool | str, *, name: str
) -> int | float | bool | str:
    """Return `value` as the kind of number `model` is."""
    if isinstance(model, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(model) is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value) is not type(model):
        raise ConfigurationError(
            f"parameter {name} = {value!r} is not of its kind; it is {model!r} now, so give "
            f"{'an' if isinstance(model, int) else 'a'} {type(model).__name__}"
        )
    return value
