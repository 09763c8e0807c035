"""`make soak`: a year of one bot, then rounds in which it is killed; `ONLY=0` is the year alone."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2

from proratio_core.database.server import embedded_server
from proratio_core.logs import configure_logs
from proratio_core.settings import Settings
from tests.database_pool import DatabasePool
from tests.soak.campaign import play_round
from tests.soak.dying import POINTS
from tests.soak.plan import plan_deaths
from tests.soak.report import Report

_KILLS_A_ROUND = 20


def main() -> int:
    """Play the rounds, and print what they came to."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--days", type=float, default=365.0, help="of the year")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", type=int, nargs="*", help="play these rounds alone")
    chosen = parser.parse_args()
    report = Report(chosen.seed)
    began_s = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="soak-", dir="/tmp") as name:
            _play(report, Path(name), chosen)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; so far:\n")
    sys.stdout.write(f"{report}\n{time.monotonic() - began_s:.0f} s\n")
    return 0 if report.is_clean else 1


def _play(report: Report, folder: Path, chosen: argparse.Namespace) -> None:
    folder.chmod(0o755)  # run as root, the server is another user
    configure_logs(Settings(PRORATIO_USER_DATA=folder / "logs", PRORATIO_LOG_LEVEL="ERROR"))
    kills = {
        number + 1: min(_KILLS_A_ROUND, chosen.kills - done)
        for number, done in enumerate(range(0, chosen.kills, _KILLS_A_ROUND))
    }
    with embedded_server(folder / "pg") as url:
        _spare_the_disk(url)
        databases = DatabasePool(url)
        for number in chosen.only or [*([0] if chosen.days else []), *kills]:
            with databases.borrowed() as own_url:
                play_round(
                    report,
                    folder / str(number),
                    own_url,
                    number,
                    days=chosen.days if number == 0 else 0.0,
                    deaths=plan_deaths(report.seed, number, kills.get(number, 0), POINTS),
                    tell=_tell(time.monotonic()),
                )
            sys.stderr.write("\n")


def _spare_the_disk(url: str) -> None:
    """Let PostgreSQL write lazily: it is cut off and the bot is killed, the machine is not."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute(f"ALTER SYSTEM SET {setting} = off")
            cursor.execute("SELECT pg_reload_conf()")


def _tell(began_s: float) -> Callable[[str], object]:
    def told(line: str) -> None:
        sys.stderr.write(f"\r{line}, {time.monotonic() - began_s:,.0f} s    ")
        sys.stderr.flush()

    return told


if __name__ == "__main__":
    sys.exit(main())
