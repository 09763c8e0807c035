"""Risk profiles by name: the built-in ones, and the user's files that tighten them.

A user's file is `user_data/risk/NAME.toml`: the line `base = "proratio"`, then the limits that are
to be tighter. It may have the name of its base, and is then what that name means here.
"""

from __future__ import annotations

import difflib
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from proratio_core.errors import ConfigurationError
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.tightening import tightened

__all__ = ["load_risk_profile", "risk_profile_names"]


def risk_profile_names(user_profiles: Path | None = None) -> tuple[str, ...]:
    """Return the names of all risk profiles: the built-in ones and those in `user_profiles`."""
    return tuple(sorted({*_built_in(), *_of_user(user_profiles)}))


def load_risk_profile(name: str, user_profiles: Path | None = None) -> RiskProfile:
    """Return the risk profile called `name`.

    Parameters
    ----------
    name
        Name of the file without `.toml`.
    user_profiles
        Folder of the user's own profiles (`user_data/risk`); it need not exist.

    Raises
    ------
    ConfigurationError
        There is no such profile, its file is not a valid one, or it loosens a limit of its base.

    Examples
    --------
    >>> load_risk_profile("proratio").max_drawdown_frac
    0.1
    """
    own = _of_user(user_profiles)
    if name in own:
        return _tightened(name, own[name])
    built_in = _built_in()
    if name not in built_in:
        raise ConfigurationError(
            f"risk profile {name!r} is unknown; {_hint(name, {*built_in, *own})}. "
            "Add your own as user_data/risk/NAME.toml"
        )
    return _validated(built_in[name], name=name)


def _tightened(name: str, source: Traversable) -> RiskProfile:
    changes = _parsed(source)
    base = changes.pop("base", None)
    built_in = _built_in()
    if base not in built_in:
        raise ConfigurationError(
            f"risk profile file {source}: base is {base!r}; {_hint(str(base), built_in)}"
        )
    if "name" in changes:
        raise ConfigurationError(
            f"risk profile file {source} sets a name; the name is the file's own, remove the line"
        )
    try:
        return tightened(_validated(built_in[base], name=base), name, changes)
    except ValidationError as error:
        raise _invalid(source, error) from error
    except ConfigurationError as error:
        raise ConfigurationError(f"risk profile file {source}: {error}") from error


def _validated(source: Traversable, *, name: str) -> RiskProfile:
    try:
        return RiskProfile(name=name, **_parsed(source))
    except ValidationError as error:
        raise _invalid(source, error) from error


def _parsed(source: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(
            f"risk profile file {source} is not readable TOML: {error}"
        ) from error


def _built_in() -> dict[str, Traversable]:
    return _documents(resources.files("proratio_tradehub.risk.profiles"))


def _of_user(folder: Path | None) -> dict[str, Traversable]:
    return {} if folder is None or not folder.is_dir() else _documents(folder)


def _documents(folder: Traversable) -> dict[str, Traversable]:
    return {
        entry.name.removesuffix(".toml"): entry
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }


def _hint(name: str, known: set[str] | dict[str, Traversable]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}there are: {', '.join(sorted(known))}"


def _invalid(source: Traversable, error: ValidationError) -> ConfigurationError:
    """Return every problem as `sizing.stake_frac: what is wrong`, on one line."""
    parts = []
    for problem in error.errors():
        place = ".".join(str(step) for step in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        parts.append(f"{place}: {message}" if place else message)
    return ConfigurationError(f"risk profile file {source}: {'; '.join(parts)}")
