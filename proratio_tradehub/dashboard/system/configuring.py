"""Has limits tightened by an operator: shown as a difference, checked, written whole, on record."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from proratio_core.atomic_file import replacing
from proratio_core.errors import ConfigurationError, RiskError, TransientError
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.access.operators import require_operator
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.system.limits import Change, changes_of, nested, toml_of
from proratio_tradehub.risk import RiskProfile, load_risk_profile
from proratio_tradehub.risk.tightening import tightened

__all__ = ["Configured", "Proposal", "propose", "read_configured", "save"]

_ACTION: Final = "Tighten limits"


@dataclass(frozen=True, slots=True)
class Configured:
    """The limits as they are set up.

    Parameters
    ----------
    profile
        What holds.
    path
        Of the user's file, whether or not it is there.
    base
        The built-in profile it tightens.
    document
        What the file says now.
    identity
        Of the file's content; empty without one.
    """

    profile: RiskProfile
    path: Path
    base: str
    document: Mapping[str, Any]
    identity: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that was shown: what differs, the file it makes, and what carries it out once."""

    changes: tuple[Change, ...]
    text: str
    identity: str
    token: str


def read_configured(house: House) -> Configured:
    """Return the limits of the installation.

    Raises
    ------
    ConfigurationError
        The file is not a valid profile; the message says what is wrong with it.
    """
    settings = house.settings
    name, folder = settings.risk_profile, settings.user_data / "risk"
    profile, path = load_risk_profile(name, folder), folder / f"{name}.toml"
    if not path.is_file():
        return Configured(profile, path, name, {}, "")
    content = path.read_bytes()
    document = tomllib.loads(content.decode())
    base = str(document.pop("base"))
    return Configured(profile, path, base, document, hashlib.sha256(content).hexdigest())


def propose(
    house: House, visitor: Visitor | None, session: str, shown: Mapping[str, float | None]
) -> Proposal:
    """Return what a form comes to.

    Parameters
    ----------
    house
        The installation.
    visitor
        Who changes; None when their session has ended.
    session
        Of the page; the confirmation is good for it alone.
    shown
        The numbers of the form by the name of their limit.

    Raises
    ------
    ConfigurationError
        The visitor may not act, a limit would be looser, or the result contradicts itself.
    RiskError
        Nothing differs.
    """
    _operator(house, visitor)
    now = read_configured(house)
    changes = changes_of(now.profile, shown)
    if not changes:
        raise RiskError("nothing differs from what holds now")
    wanted = nested({change.name: change.after for change in changes})
    _checked(now.profile, now.profile.name, wanted)
    text = toml_of(now.base, _merged(now.document, wanted))
    _checked(load_risk_profile(now.base), now.profile.name, _without_base(text))
    token = house.tokens.issue(session, _ACTION)
    return Proposal(changes, text, now.identity, token)


def save(house: House, visitor: Visitor | None, session: str, proposal: Proposal) -> str:
    """Write what was confirmed; return in words what became of it.

    Raises
    ------
    ConfigurationError
        The visitor may not act, or the confirmation is not theirs, used or too old.
    RiskError
        The file is another one than when this was shown.
    TransientError
        The file, or the record of it, cannot be written; nothing was changed.
    """
    by = _operator(house, visitor).name
    house.tokens.redeem(proposal.token, session, _ACTION)
    now = read_configured(house)
    if now.identity != proposal.identity:
        raise RiskError("nothing was saved: the file was changed meanwhile; look at it again")
    told = "; ".join(map(str, proposal.changes))
    deed_file(house.settings, house.clock).record(by=by, action=_ACTION, detail=told)
    try:
        with replacing(now.path) as beside:
            beside.write_text(proposal.text, encoding="utf-8")
    except OSError as error:
        raise TransientError(
            f"{now.path} cannot be written ({error}); make its folder writable"
        ) from error
    house.shelf.forget()
    return f"Saved to {now.path.name}: {told}. A bot reads its limits when it starts."


def _operator(house: House, visitor: Visitor | None) -> Visitor:
    deeds = deed_file(house.settings, house.clock)
    return require_operator(visitor, deeds, action=_ACTION, undone="nothing was saved")


def _checked(base: RiskProfile, name: str, changes: Mapping[str, Any]) -> RiskProfile:
    try:
        return tightened(base, name, changes)
    except ValidationError as error:
        told = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        raise ConfigurationError(f"these limits do not fit together: {told}") from error


def _merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(document)
    for name, value in changes.items():
        known = merged.get(name)
        is_table = isinstance(known, Mapping) and isinstance(value, Mapping)
        merged[name] = {**known, **value} if is_table else value  # type: ignore[dict-item]
    return merged


def _without_base(text: str) -> dict[str, Any]:
    document = tomllib.loads(text)
    del document["base"]
    return document
