"""Which files a backup takes along, where each belongs, and what is blanked in them.

Taken: what a person wrote (configurations, strategies, profiles), Freqtrade's trades, and what the
installation must not forget (halts, orders and journal entries on their way, what was told). All is
in `user_data` but the trades, which Freqtrade keeps in the folder it is started in, beside it. Left
out: secrets, and what can be made again (exported candles, results, logs, caches). PostgreSQL is
not among the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

__all__ = ["blank_secrets", "find_belongings", "is_database", "place_of"]

_FOLDERS: Final = ("hyperopts", "profiles", "risk", "strategies")
_SUFFIXES: Final = frozenset({".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"})
_TOP: Final = ("*.json", "*.sqlite", "*.toml")
_BESIDE: Final = "beside"
_TRADES: Final = "tradesv3*.sqlite"
_STATE: Final = (
    *("actions.jsonl", "alerts*.json", "halts.json"),
    *("orders/*.jsonl", "journal/*/*", "journal/*.jsonl"),
)
_SECRET: Final = re.compile(
    r'("(?:[^"\\]|\\.)*(?:key|secret|password|passphrase|token)"\s*:\s*)"((?:[^"\\]|\\.)+)"',
    re.IGNORECASE,
)
_URL_PASSWORD: Final = re.compile(r"(\w+://[^/\s:@\"]*):[^@\s/\"]+@")


def find_belongings(user_data: Path) -> Iterator[Path]:
    """Yield the names under which a backup takes files along, sorted; `place_of` says where from.

    They are paths below `user_data`, or `beside/...`.
    """
    found = {path for pattern in _TOP for path in user_data.glob(pattern)}
    for folder in _FOLDERS:
        found |= {
            path for path in (user_data / folder).rglob("*") if path.suffix.lower() in _SUFFIXES
        }
    found |= {path for name in _STATE for path in (user_data / ".proratio").glob(name)}
    names = {path.relative_to(user_data): path for path in found}
    names |= {Path(_BESIDE, path.name): path for path in _beside(user_data).glob(_TRADES)}
    for name, path in sorted(names.items()):
        if path.is_file() and not path.is_symlink():
            yield name


def place_of(name: PurePath, user_data: Path) -> Path:
    """Return where the file that a backup calls `name` belongs.

    Examples
    --------
    >>> place_of(Path("config.json"), Path("/opt/p/user_data")).as_posix()
    '/opt/p/user_data/config.json'
    >>> place_of(Path("beside/tradesv3.sqlite"), Path("/opt/p/user_data")).as_posix()
    '/opt/p/tradesv3.sqlite'
    """
    is_beside = name.parent == PurePath(_BESIDE) and name.match(_TRADES)
    return _beside(user_data) / name.name if is_beside else user_data / name


def _beside(user_data: Path) -> Path:
    return user_data.absolute().parent


def is_database(path: Path) -> bool:
    """Return whether a file is SQLite's, which is copied as one state and not as bytes."""
    return path.suffix == ".sqlite"


def blank_secrets(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a configuration with every secret empty, and the names of those that were not.

    Examples
    --------
    >>> blank_secrets('{"exchange": {"name": "binance", "key": "abc"}}')
    ('{"exchange": {"name": "binance", "key": ""}}', ('key',))
    """
    names: list[str] = []

    def blank(match: re.Match[str]) -> str:
        names.append(match[1].split('"')[1])
        return f'{match[1]}""'

    blanked = _SECRET.sub(blank, text)
    without, passwords = _URL_PASSWORD.subn(r"\1@", blanked)
    return without, (*names, *["password in a URL"] * passwords)
