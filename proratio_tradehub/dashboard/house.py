"""What one process of the dashboard consists of; all its visitors share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.logs import masker
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access import ActionTokens, Door, Lockout, Visitors
from proratio_tradehub.dashboard.launching import Launcher
from proratio_tradehub.dashboard.reading import Reader, Shelf, Workroom

__all__ = ["House", "opened_house", "secretless", "the_house"]


@dataclass(frozen=True, slots=True)
class House:
    """The installation, as the dashboard of this process sees it.

    Parameters
    ----------
    settings, clock
        The installation.
    reader, shelf, workroom
        Its database, what was read from it last, and where long work is done.
    door, visitors, lockout, tokens
        Who may look and who may act.
    launcher
        Runs the backtests that visitors start.
    mask
        Masks every secret of the installation in a text.
    """

    settings: Settings
    clock: Clock
    reader: Reader
    shelf: Shelf
    workroom: Workroom
    door: Door
    visitors: Visitors
    lockout: Lockout
    tokens: ActionTokens
    launcher: Launcher
    mask: Callable[[str], str]


@contextmanager
def opened_house(settings: Settings, clock: Clock, door: Door) -> Iterator[House]:
    """Yield the house of this process; `the_house` finds it until the block ends."""
    with Reader(settings, clock) as reader:
        visitors = Visitors(clock, idle_minutes=settings.dashboard_session_minutes)
        house = House(
            *(settings, clock, reader, Shelf(clock), Workroom(clock)),
            *(door, visitors, Lockout(clock), ActionTokens(clock), Launcher(settings, clock)),
            masker(settings),
        )
        _OPEN.append(house)
        try:
            yield house
        finally:
            house.launcher.close()
            _OPEN.remove(house)


def the_house() -> House:
    """Return the house of this process: Streamlit runs its script without any argument.

    Raises
    ------
    ConfigurationError
        Somebody runs the script by itself.
    """
    if not _OPEN:
        raise ConfigurationError("start the dashboard with `proratio dashboard`")
    return _OPEN[-1]


def secretless(text: str) -> str:
    """Return a text that leaves this process, without any secret of the installation in it.

    Errors, logs and bots are quoted on pages; none of them is trusted to have been careful.
    """
    for house in _OPEN:
        text = house.mask(text)
    return text


_OPEN: Final[list[House]] = []
