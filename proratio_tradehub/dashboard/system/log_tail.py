"""The last lines of a log that say something went wrong, with every secret masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proratio_core.logs import masker
from proratio_core.settings import Settings

__all__ = ["LogTail", "read_log_tail"]

_READ_BYTES: Final = 131_072
_LONGEST_LINE: Final = 300
_GRAVE: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|\"level\": ?\"(warning|error|critical)\"")


@dataclass(frozen=True, slots=True)
class LogTail:
    """A log file, and its last grave lines, the newest first."""

    name: str
    lines: tuple[str, ...]


def read_log_tail(settings: Settings, *, most: int) -> LogTail | None:
    """Return the tail of the newest file below `user_data/logs`; None without one."""
    files = [path for path in (settings.user_data / "logs").glob("*.log") if path.is_file()]
    if not files:
        return None
    newest = max(files, key=lambda path: path.stat().st_mtime)
    grave = [line for line in _last_lines(newest) if _GRAVE.search(line)]
    mask = masker(settings)
    shown = (mask(line)[:_LONGEST_LINE] for line in reversed(grave[-most:]))
    return LogTail(newest.name, tuple(shown))


def _last_lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as lines:
            size = lines.seek(0, 2)
            lines.seek(max(size - _READ_BYTES, 0))
            return lines.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
