"""A backtest that was started from a page, and how it stands. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from proratio_tradehub.dashboard.launching.order import BacktestOrder

__all__ = ["Launch", "LaunchState", "problem_of", "run_hash_of", "step_of"]

_LONGEST_PROBLEM: Final = 600


class LaunchState(StrEnum):
    """How it stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Launch:
    """A backtest that was started.

    Parameters
    ----------
    order, by, started_at
        What, by whom, when.
    state
        How it stands.
    stage, percent
        What it does just now, and how far it is with that.
    ended_at
        When it ended; None while it runs.
    problem
        Why it failed, in words.
    run_hash
        Of the stored run; None without one.
    """

    order: BacktestOrder
    by: str
    started_at: datetime
    state: LaunchState = LaunchState.RUNNING
    stage: str = "Starting"
    percent: int = 0
    ended_at: datetime | None = None
    problem: str = ""
    run_hash: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.state is LaunchState.RUNNING


def step_of(line: str) -> tuple[str, int] | None:
    """Return stage and percent that a line of progress states; None for any other line.

    Examples
    --------
    >>> step_of('{"stage": "Backtesting gated", "percent": 40}')
    ('Backtesting gated', 40)
    >>> step_of("2024-01-01 INFO loading") is None
    True
    """
    if not line.startswith('{"stage"'):
        return None
    try:
        document = json.loads(line)
        return str(document["stage"]), min(max(int(document["percent"]), 0), 100)
    except (ValueError, KeyError, TypeError):
        return None


def problem_of(lines: Sequence[str], code: int) -> str:
    """Return why it failed: its own words where it has any, else how the process ended."""
    own = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    if own:
        return own[-1][:_LONGEST_PROBLEM]
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    how = f"signal {-code} ended it" if code < 0 else f"it ended with {code}"
    return f"{how}: {last}"[:_LONGEST_PROBLEM]


def run_hash_of(output: str) -> str | None:
    """Return the specification's hash in the document a backtest prints; None without one."""
    try:
        return str(json.loads(output)["runs"][0]["specification_hash"])
    except (ValueError, KeyError, IndexError, TypeError):
        return None
