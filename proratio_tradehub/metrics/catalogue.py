"""Every metric there is: its name, kind, labels, meaning, and which process tells it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

__all__ = ["CATALOGUE", "Kind", "Metric", "Role", "metric"]


class Role(StrEnum):
    """A process that can be scraped; `offset` is added to `PRORATIO_METRICS_PORT`."""

    BOT = "bot"
    STREAM = "stream"
    SIGNALS = "signals"
    ALERTS = "alerts"
    INSTALLATION = "installation"

    @property
    def offset(self) -> int:
        """Its place in this order, 0 for the bot."""
        return tuple(Role).index(self)


class Kind(StrEnum):
    """What a metric's values are."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Parameters
    ----------
    name
        As it is scraped; a histogram's without `_bucket`, `_sum` and `_count`.
    kind, meaning, labels
        What it is.
    roles
        Whose processes tell it.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...]
    roles: tuple[Role, ...]


def metric(name: str) -> Metric:
    """Return the metric of a name.

    Raises
    ------
    KeyError
        There is none.
    """
    return CATALOGUE[name]


def _read() -> Mapping[str, Metric]:
    text = resources.files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _metric(name, row) for name, row in tomllib.loads(text).items()})


def _metric(name: str, row: Mapping[str, Any]) -> Metric:
    roles = tuple(Role(role) for role in row.get("roles", tuple(Role)))
    labels = tuple(row.get("labels", ()))
    return Metric(name, Kind(row["kind"]), row["meaning"], labels, roles)


CATALOGUE: Final = _read()
"""Name -> metric."""
