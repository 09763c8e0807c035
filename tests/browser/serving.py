"""Starts `proratio dashboard` as a person does, in a process of its own, and ends it again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_tree import ROOT

__all__ = ["Dashboard", "dashboard_of", "free_port", "world_dashboard"]

_START_LIMIT_S = 60.0


@dataclass(frozen=True)
class Dashboard:
    """A dashboard that is being served: its address, its folder, its log, its process."""

    url: str
    user_data: Path
    log: Path
    pid: int


@contextmanager
def dashboard_of(
    database_url: str,
    user_data: Path,
    *words: str,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Dashboard]:
    """Yield `proratio dashboard` on a database, ended when the block ends."""
    port = port or free_port()
    command = [
        *(str(Path(sys.executable).with_name("proratio")), "dashboard"),
        *("--port", str(port), *words),
    ]
    variables = {"DATABASE_URL": database_url, "PRORATIO_USER_DATA": str(user_data)}
    with _served(command, port, user_data, {**variables, **(environment or {})}) as served:
        yield served


@contextmanager
def world_dashboard(database_url: str, user_data: Path) -> Iterator[Dashboard]:
    """Yield the dashboard of the world, as of its last minute."""
    port = free_port()
    command = [sys.executable, "-m", "tests.world.serving", database_url, str(user_data), str(port)]
    with _served(command, port, user_data, {"PYTHONPATH": str(ROOT)}) as served:
        yield served


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def _served(
    command: Sequence[str], port: int, user_data: Path, variables: Mapping[str, str]
) -> Iterator[Dashboard]:
    user_data.mkdir(parents=True, exist_ok=True)
    log = user_data.parent / f"dashboard-{port}.log"
    with log.open("w") as lines:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            cwd=user_data.parent,
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/_stcore/health", process, log)
            yield Dashboard(url, user_data, log, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the dashboard did not start: {log.read_text()}")
