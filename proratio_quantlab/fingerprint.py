"""Fingerprints of what decides a result besides data: our code, the strategy, the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from proratio_core.errors import ConfigurationError

__all__ = ["code_hash", "config_files", "config_hash", "strategy_file"]

_PACKAGES = ("proratio_core", "proratio_signals", "proratio_quantlab", "proratio_tradehub")


def strategy_file(user_data: Path, strategy: str) -> Path:
    """Return the file that defines `strategy`.

    Raises
    ------
    ConfigurationError
        No file in `user_data/strategies` defines a class of that name.
    """
    folder = user_data / "strategies"
    files = sorted(folder.glob("*.py"))
    for file in files:
        if f"class {strategy}(" in file.read_text(encoding="utf-8"):
            return file
    known = ", ".join(file.stem for file in files) or "none"
    raise ConfigurationError(
        f"strategy {strategy!r} is not defined in {folder}; there are: {known}"
    )


def config_files(user_data: Path, *, futures: bool) -> tuple[Path, ...]:
    """Return the Freqtrade configurations of a backtest, later ones overriding earlier ones.

    Raises
    ------
    ConfigurationError
        One of them is missing.
    """
    names = ["config.json", *(["config-futures.json"] if futures else []), "config-backtest.json"]
    files = tuple(user_data / name for name in names)
    for file in files:
        if not file.is_file():
            raise ConfigurationError(
                f"{file} is missing; restore it, or name the right folder in PRORATIO_USER_DATA"
            )
    return files


def code_hash(user_data: Path, strategy: str) -> str:
    """Return the SHA-256 of our packages' sources, the strategy's files and the host's versions.

    A strategy's files are the Python file and what stands beside it under the same name: the JSON
    in which hyperopt leaves its parameters, the TOML of an ensemble. Freqtrade's own cache looks at
    the Python file alone, which is why it is never used.

    Raises
    ------
    ConfigurationError
        The strategy does not exist.
    """
    root = Path(__file__).parents[1]
    sources = (file for package in _PACKAGES for file in sorted((root / package).rglob("*.py")))
    hosts = "".join(f"{name}=={version(name)};" for name in ("freqtrade", "pandas", "ta-lib"))
    return _digest([*sources, *_strategy_files(user_data, strategy)], hosts)


def config_hash(user_data: Path, *, futures: bool) -> str:
    """Return the SHA-256 of the Freqtrade configurations of a backtest.

    Raises
    ------
    ConfigurationError
        One of them is missing.
    """
    return _digest(config_files(user_data, futures=futures), "")


def _strategy_files(user_data: Path, strategy: str) -> tuple[Path, ...]:
    file = strategy_file(user_data, strategy)
    beside = (file.with_suffix(suffix) for suffix in (".json", ".toml"))
    return (file, *(other for other in beside if other.is_file()))


def _digest(files: Iterable[Path], suffix: str) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update(suffix.encode())
    return digest.hexdigest()
