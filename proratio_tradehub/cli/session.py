"""What every command starts from: settings, logs, clock, console, and the database when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from proratio_core.clock import Clock
    from proratio_core.database import Database
    from proratio_core.settings import Settings

__all__ = [
    "Session",
    "open_session",
    "print_json",
    "progress_bar",
    "stage_lines",
    "stage_progress",
]


@dataclass(frozen=True)
class Session:
    """The parts a command works with."""

    settings: Settings
    database: Database
    clock: Clock
    console: Console


@contextmanager
def open_session() -> Iterator[Session]:
    """Yield a session on the installation's database.

    Raises
    ------
    ConfigurationError
        The settings or the database are not usable.
    """
    from proratio_core.clock import SystemClock
    from proratio_core.database import open_database
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings

    settings = load_settings()
    configure_logs(settings)
    with open_database(settings) as database:
        yield Session(settings, database, SystemClock(), Console())


def print_json(document: Any) -> None:
    """Print one JSON document on standard output; times and paths become strings."""
    Console(soft_wrap=True, highlight=False, markup=False, emoji=False).print(
        json.dumps(document, default=str, allow_nan=False)
    )


def progress_bar() -> Progress:
    """Return a progress display on standard error, gone when done."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def stage_progress() -> Iterator[Callable[[str, float], None]]:
    """Yield a function that shows which part, 0 to 1, of which stage is done; a bar each."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as display:
        stages: dict[str, TaskID] = {}

        def show(stage: str, part: float) -> None:
            if stage not in stages:
                stages[stage] = display.add_task(stage, total=1.0)
            display.update(stages[stage], completed=part)

        yield show


@contextmanager
def stage_lines() -> Iterator[Callable[[str, float], None]]:
    """Yield a function that writes how far a stage is, for a program: a JSON object a percent.

    They go to standard error, `{"stage": "Backtesting gated", "percent": 40}` each.
    """
    told: dict[str, int] = {}

    def tell(stage: str, part: float) -> None:
        percent = int(part * 100)
        if told.get(stage) != percent:
            told[stage] = percent
            sys.stderr.write(json.dumps({"stage": stage, "percent": percent}) + "\n")
            sys.stderr.flush()

    yield tell
