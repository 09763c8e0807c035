"""What has to be shown before real money trades, and what each stage allows: read from one file."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from proratio_core.errors import ConfigurationError

__all__ = ["Needed", "Plan", "Stage", "load_plan"]


class Needed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every step asks for; the file explains each figure."""

    sharpe_low: float
    drawdown_share: float
    uptime_frac: float
    interruptions: int
    deviation_frac: float
    degraded_frac: float
    rehearsal_days: float


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much own money may be in positions at once, and what the next stage asks of this one.

    Parameters
    ----------
    name
        What people call it.
    most_quote, most_frac
        The money, in quote currency or as a fraction of the capital; exactly one of them.
    days, trades
        Days with the bot at work and closed trades before the next stage may begin.
    """

    name: str
    most_quote: float | None = None
    most_frac: float | None = None
    days: int = 0
    trades: int = 0

    def most_of(self, capital_quote: float) -> float:
        """Return what may be in positions at once, in quote currency.

        Examples
        --------
        >>> Stage("a twentieth", most_frac=0.05).most_of(10_000.0)
        500.0
        """
        if self.most_quote is not None:
            return self.most_quote
        return (self.most_frac or 0.0) * capital_quote

    def __str__(self) -> str:
        if self.most_quote == 0.0:
            return f"{self.name}, no real money"
        if self.most_quote is not None:
            return f"{self.name}, at most {self.most_quote:,.2f} in positions at once"
        return f"{self.name}, at most {self.most_frac or 0.0:.0%} of the capital in positions"


@dataclass(frozen=True)
class Plan:
    """The whole file.

    Parameters
    ----------
    needed, stages
        What it says; the first stage is paper.
    hash
        SHA-256 of the file.
    """

    needed: Needed
    stages: tuple[Stage, ...]
    hash: str

    def stage(self, number: int) -> Stage | None:
        """Return a stage by its number, 0 for paper; None when there is none."""
        return self.stages[number] if 0 <= number < len(self.stages) else None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    needed: Needed
    stages: tuple[Stage, ...]


def load_plan(user_data: Path) -> Plan:
    """Return the plan of an installation: its own, or the built-in one.

    Raises
    ------
    ConfigurationError
        The file is not valid.
    """
    own = user_data / "going-live.toml"
    source = own if own.is_file() else files("proratio_tradehub.stages") / "plan.toml"
    try:
        content = source.read_bytes()
        found = msgspec.toml.decode(content, type=_File)
        _check(found)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{source} is no plan for going live ({error}); remove it, or correct it by the "
            "built-in one: docs/going-live.md"
        ) from error
    return Plan(found.needed, found.stages, hashlib.sha256(content).hexdigest())


def _check(found: _File) -> None:
    """Raise ValueError where a figure allows what nobody can have meant."""
    if len(found.stages) < 2 or found.stages[0].most_of(1.0) != 0.0:
        raise ValueError("the first stage is paper with most_quote = 0.0, and others follow")
    for stage in found.stages:
        figures = [one for one in (stage.most_quote, stage.most_frac) if one is not None]
        if len(figures) != 1 or not 0.0 <= figures[0] < math.inf or (stage.most_frac or 0.0) > 1.0:
            raise ValueError(
                f"stage {stage.name!r} sets most_quote (0 or more) or most_frac (0 to 1)"
            )
    for name, value in msgspec.structs.asdict(found.needed).items():
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name} is {value}; expected 0 or more")
