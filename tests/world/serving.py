"""Serves the dashboard of the world as of its last minute: `python -m tests.world.serving ...`.

It is the server of `proratio dashboard` with a clock that stands where the world ends and runs on
from there, and the files of a bot, a signal service and a stream that live beside it.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from proratio_core.database import Database
from proratio_core.logs import configure_logs
from proratio_core.settings import Settings
from proratio_signals.profile import load_profile
from proratio_tradehub.dashboard import Listening, serve
from tests.world.reporting import Standing, reporting
from tests.world.scene import NOW

__all__ = ["WorldClock"]


@dataclass(frozen=True)
class WorldClock:
    """The time of the world: it begins when the clock is made."""

    began_s: float

    def now(self) -> datetime:
        """Return how far the world has come."""
        return NOW + timedelta(seconds=time.monotonic() - self.began_s)

    def monotonic(self) -> float:
        """Return the machine's."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def main(database_url: str, user_data: Path, port: int) -> None:
    """Serve until told to end."""
    clock = WorldClock(time.monotonic())
    settings = Settings(
        DATABASE_URL=database_url, PRORATIO_USER_DATA=user_data, PRORATIO_PROFILE="world"
    )
    configure_logs(settings)
    profile = load_profile(settings.profile, user_data / "profiles")
    database = Database(database_url)
    state = Standing.read(database)
    database.close()
    with reporting(settings, clock, profile, state):
        serve(settings, clock, Listening(port=port, operator=True))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
