"""What the commands that halt and resume work with, PostgreSQL at hand or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from proratio_core.clock import Clock
    from proratio_core.errors import ProratioError
    from proratio_core.settings import Settings
    from proratio_tradehub.halts import Halts

__all__ = ["Brakes", "open_brakes", "stated", "who"]


@dataclass(frozen=True)
class Brakes:
    """What the commands work with; PostgreSQL may be away."""

    settings: Settings
    halts: Halts
    clock: Clock
    console: Console
    away: ProratioError | None


@contextmanager
def open_brakes() -> Iterator[Brakes]:
    """Yield the halts of the installation, by the file alone where PostgreSQL is away."""
    from rich.console import Console

    from proratio_core.clock import SystemClock
    from proratio_core.database import open_database
    from proratio_core.errors import ProratioError
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings
    from proratio_tradehub.halts import HaltLedger, Halts, halt_file

    settings, clock = load_settings(), SystemClock()
    configure_logs(settings)
    away: ProratioError | None = None
    with ExitStack() as stack:
        try:
            ledger: HaltLedger | ProratioError = HaltLedger(
                stack.enter_context(open_database(settings, statement_timeout_ms=5_000))
            )
        except ProratioError as error:
            ledger = away = error
        halts = Halts(halt_file(settings), ledger, clock=clock)
        yield Brakes(settings, halts, clock, Console(highlight=False), away)


def stated(reason: str) -> str:
    """Return a reason as it is put on record.

    Raises
    ------
    ConfigurationError
        It is empty.
    """
    from proratio_core.errors import ConfigurationError

    words = " ".join(reason.split())
    if not words:
        raise ConfigurationError("the reason is empty; say in a few words why, with --reason")
    return words


def who() -> str:
    """Return who gives an order: the user and the machine."""
    import getpass
    import platform

    return f"{getpass.getuser()}@{platform.node()}"
