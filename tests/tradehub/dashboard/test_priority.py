"""The dashboard steps back, and a database that it starts does not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from proratio_tradehub.dashboard.priority import NICENESS

_PROGRAM = """
import os, sys
from pathlib import Path
from proratio_core.clock import SystemClock
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.priority import give_way
from proratio_tradehub.dashboard.reading import Reader

settings = Settings(PRORATIO_USER_DATA=Path(sys.argv[1]), DATABASE_URL=sys.argv[2] or None)
with Reader(settings, SystemClock()) as reader:
    give_way(settings, reader)
    lock = settings.state_dir / "postgres" / "postmaster.pid"
    servers = [int(lock.read_text().split()[0])] if lock.exists() else []
    print(*(os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, *servers)))
"""


def _niceness(url: str) -> list[int]:
    """Return by how much a dashboard's process has stepped back, and the server it started."""
    with tempfile.TemporaryDirectory(prefix="proratio-priority-") as name:
        Path(name).chmod(0o755)  # run as root, the server is another user
        command = [sys.executable, "-W", "ignore", "-c", _PROGRAM, name, url]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    return [int(word) - usual for word in done.stdout.split()]


def test_database_it_starts_keeps_the_usual_priority() -> None:
    assert _niceness("") == [NICENESS, 0]


def test_server_that_is_away_keeps_nobody_waiting() -> None:
    assert _niceness("postgresql://127.0.0.1:9/x") == [NICENESS]
