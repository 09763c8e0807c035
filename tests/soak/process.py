"""The bot seen from outside: its pipe, its memory, its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


class BotProcess:
    """A bot that has been started; every start is a new process with nothing preloaded."""

    def __init__(self, folder: Path, *, database_url: str) -> None:
        self.began_s = time.monotonic()
        with (folder / "bot.log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.soak.start_bot", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": database_url},
                text=True,
                start_new_session=True,  # Ctrl-C is for the director
            )
        self._log = folder / "bot.log"

    def wait_for_loop(self) -> bool:
        """Return whether a loop was completed; false when the process was killed instead.

        Raises
        ------
        RuntimeError
            It ended in another way.
        """
        assert self._process.stdout is not None
        if self._process.stdout.readline():
            return True
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return False
        raise RuntimeError(f"the bot ended with {code}: {self._log.read_text()[-6_000:]}")

    def say(self, word: str) -> None:
        """Let it go on."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def uss_bytes(self) -> int:
        """Return the memory that is its own."""
        return int(psutil.Process(self._process.pid).memory_full_info().uss)

    def cpu_s(self) -> float:
        """Return the processor time it has taken so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        """Let it end as a bot does, and wait for that."""
        self.say("stop")
        code = self._process.wait(60)
        if code != 0:
            raise RuntimeError(f"the bot ended with {code}: {self._log.read_text()[-6_000:]}")

    def end(self) -> None:
        """Leave nothing behind."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
