"""Secrets that occur nowhere else, and the places in which none of them may ever be found."""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from proratio_core.logs import configure_logs
from proratio_core.settings import Settings

_OWN = ("openai", "anthropic", "gemini", "compatible", "redis", "database")
_BOT_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
"""As Freqtrade writes its log."""

_KEEPERS = ("extra.json",)
"""Freqtrade's own configuration, where its secrets belong."""


def new_canaries(*further: str) -> dict[str, str]:
    """Return a secret for each provider, Redis, the database and whoever is named."""
    return {name: f"canary-{name}-{uuid.uuid4().hex}" for name in (*_OWN, *further)}


class Watch:
    """Looks for secrets.

    Parameters
    ----------
    secrets
        Name and secret.
    folder
        Every log written below it is read.
    """

    def __init__(self, secrets: Mapping[str, str], folder: Path) -> None:
        self._secrets = secrets
        self._folder = folder
        self._read: dict[Path, int] = {}

    @property
    def words(self) -> list[str]:
        """The secrets themselves."""
        return list(self._secrets.values())

    def found_in(self, text: str) -> list[str]:
        """Return the names of the secrets that stand in a text."""
        return [name for name, secret in self._secrets.items() if secret in text]

    def found_in_logs(self) -> list[str]:
        """Return what stands in the logs since the last look, as `secret in file`."""
        found = []
        for path in sorted(self._folder.glob("*.log")):
            text = path.read_text(errors="replace")
            new, self._read[path] = text[self._read.get(path, 0) :], len(text)
            found += [f"{name} in {path.name}" for name in self.found_in(new)]
        return found

    def found_in_files(self) -> list[str]:
        """Return what stands in any other file that was written, but those that hold secrets."""
        found = []
        for path in self._folder.rglob("*"):
            if path.is_file() and path.suffix != ".log" and path.name not in _KEEPERS:
                text = path.read_bytes().decode("latin-1")
                found += [f"{name} in {path.name}" for name in self.found_in(text)]
        return found


@contextmanager
def logs_to(folder: Path, settings: Settings) -> Iterator[None]:
    """Write everything this process logs, at DEBUG, as the service does and as the bot does."""
    root = logging.getLogger()
    before, level, errors = list(root.handlers), root.level, sys.stderr
    with (folder / "service.log").open("w") as service, (folder / "bot.log").open("w") as bot:
        sys.stderr = service  # where the program's own set-up of its logs writes to
        try:
            configure_logs(settings.model_copy(update={"log_level": "DEBUG"}))
        finally:
            sys.stderr = errors
        plain = logging.StreamHandler(bot)
        plain.setFormatter(logging.Formatter(_BOT_FORMAT))
        ours = (*root.handlers, plain)
        root.handlers = [*before, *ours]
        try:
            yield
        finally:
            for handler in ours:
                root.removeHandler(handler)
            root.setLevel(level)
            structlog.reset_defaults()
