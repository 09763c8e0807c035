"""Who votes, with what weight, on what terms: a frozen document whose hash goes with every vote.

A profile is a TOML file. The built-in ones are package data; a file of the same form in
`user_data/profiles` adds a profile, or replaces the built-in one of its name. Since the hash covers
everything a profile says, votes of two different documents are never mixed.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import tomllib
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from proratio_core.errors import ConfigurationError

__all__ = [
    "RULES",
    "Fallback",
    "Limit",
    "Profile",
    "Quorum",
    "Role",
    "Stability",
    "Voter",
    "load_profile",
    "profile_names",
]

Role = Literal["technical", "risk", "sentiment"]
"""What a voter is asked to look at."""

RULES = "rules"
"""The provider whose voters are plain rules over prices, and no language model."""

_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
_Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_WEIGHT_TOLERANCE = 1e-9


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Fallback(_Document):
    """Who is asked when a seat's own provider is not there; see `wrappers/fallback.py`.

    Parameters
    ----------
    provider, model, temperature
        As of a voter; never rules, which must not pass for a language model.
    """

    provider: _Name
    model: Annotated[str, Field(min_length=1, max_length=200)]
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None


class Voter(_Document):
    """One seat on the panel.

    Parameters
    ----------
    name
        What the seat is called in ballots and reports; unique in its profile.
    provider
        Entry point of the group `proratio.providers` that answers for it.
    role
        Which prompt it is given.
    weight
        Its part of the vote, above 0 and at most 1; the weights of a profile sum to 1.
    model
        The model asked for, in the provider's own words.
    temperature
        Sampling temperature, 0 to 2; None leaves it to the model (some accept no other).
    prompt_version
        Version of the role's prompt template.
    fallback
        Another model for when the provider is not there; None makes the seat abstain then.
    """

    name: _Name
    provider: _Name
    role: Role
    weight: Annotated[float, Field(gt=0, le=1)]
    model: Annotated[str, Field(min_length=1, max_length=200)]
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    prompt_version: Annotated[str, Field(pattern=r"^v[1-9][0-9]{0,3}$")] = "v1"
    fallback: Fallback | None = None

    @model_validator(mode="after")
    def _check_fallback(self) -> Self:
        other = self.fallback
        if other is not None and (other.provider in (RULES, self.provider)):
            raise ValueError(
                f"the fallback of {self.name} is {other.provider}; name another provider than "
                f"{self.provider}, and not the rules"
            )
        return self

    @property
    def substitute(self) -> Voter | None:
        """The seat as its fallback fills it; None without one."""
        if self.fallback is None:
            return None
        return self.model_copy(update={**dict(self.fallback), "fallback": None})


_WITH_DERIVATIVES: Final = frozenset({"v2"})
"""Versions of the prompts that are for perpetuals."""


class Quorum(_Document):
    """How many must answer before a vote may act.

    Parameters
    ----------
    minimum_voters
        Voters that have to answer.
    minimum_weight_frac
        Share of the whole weight that has to answer, 0 to 1.
    """

    minimum_voters: Annotated[int, Field(ge=1)]
    minimum_weight_frac: _Fraction = 0.0


class Limit(_Document):
    """How much one provider may be used by a profile.

    Parameters
    ----------
    provider
        Whom it is about.
    daily_usd
        The most its calls may cost on one UTC day; None leaves it to the wider caps.
    at_once
        How many of its calls may be under way at once.
    """

    provider: _Name
    daily_usd: _Usd | None = None
    at_once: Annotated[int, Field(ge=1, le=1_000)] = 32


class Stability(_Document):
    """How the stake follows what repeats have shown; see `steadiness.py`.

    Parameters
    ----------
    no_stake_at_frac
        The flip rate, above 0 and at most 1, at which nothing is staked; half of it halves the
        stake. 0.5: a vote to act that every second repeat takes back is a coin.
    assumed_flip_frac
        The flip rate taken for granted before any repeat.
    assumed_questions
        How many repeated questions that assumption weighs as much as.
    """

    no_stake_at_frac: Annotated[float, Field(gt=0, le=1)] = 0.5
    assumed_flip_frac: _Fraction = 0.25
    assumed_questions: Annotated[int, Field(ge=1, le=10_000)] = 30


class Profile(_Document):
    """Everything that decides how a question is answered.

    Parameters
    ----------
    name
        What the user calls it.
    voters
        The panel, in the order it is shown.
    threshold
        A vote acts only when its score is above this (0.6: exactly 0.60 holds).
    quorum
        Who has to answer. Not answering is not neutral: weights are never renormalised.
    deadline_s
        One deadline in seconds for the whole panel.
    blinding
        Whether symbol, dates and the scale of prices are hidden from the voters; see `blinding.py`.
    stability
        How an unsteady vote shrinks the stake; None stakes the score as it is.
    daily_usd
        The most this profile may cost on one UTC day; None leaves it to the installation's cap.
    limits
        Limits of single providers.
    """

    name: _Name
    voters: Annotated[tuple[Voter, ...], Field(min_length=1)]
    threshold: _Fraction = 0.6
    quorum: Quorum
    deadline_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    blinding: bool = False
    stability: Stability | None = None
    daily_usd: _Usd | None = None
    limits: tuple[Limit, ...] = ()

    @model_validator(mode="after")
    def _check_panel(self) -> Self:
        names = [voter.name for voter in self.voters]
        if len(set(names)) < len(names):
            raise ValueError(f"voter names must be unique, got {', '.join(names)}")
        total = sum(voter.weight for voter in self.voters)
        if abs(total - 1) > _WEIGHT_TOLERANCE:
            raise ValueError(f"the weights must sum to 1, got {total:g}")
        if self.quorum.minimum_voters > len(names):
            raise ValueError(
                f"a quorum of {self.quorum.minimum_voters} can never be reached by "
                f"{len(names)} voters"
            )
        limited = [limit.provider for limit in self.limits]
        asked = self.providers
        if len(set(limited)) < len(limited) or not asked.issuperset(limited):
            raise ValueError(
                f"limits are for {', '.join(limited)}; name each provider of the voters "
                f"({', '.join(sorted(asked))}) at most once"
            )
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of the profile's canonical JSON, in hexadecimal.

        A profile without blinding, stability or fallbacks hashes as it did before there were such,
        so its votes stay its own. Money and turns decide whether a question is answered, not how,
        and are left out.
        """
        return _hash(self)

    @property
    def providers(self) -> frozenset[str]:
        """Everybody who may be asked, fallbacks included."""
        own = {voter.provider for voter in self.voters}
        return frozenset(own | {v.fallback.provider for v in self.voters if v.fallback is not None})

    def limit_of(self, provider: str) -> Limit:
        """Return the limit of a provider, the usual one where the profile sets none."""
        set_here = (limit for limit in self.limits if limit.provider == provider)
        return next(set_here, Limit(provider=provider))

    @property
    def reads_derivatives(self) -> bool:
        """Whether its prompts show funding and open interest of a perpetual."""
        return any(voter.prompt_version in _WITH_DERIVATIVES for voter in self.voters)

    @property
    def is_rules(self) -> bool:
        """Whether no language model takes part; such votes are labelled as rules everywhere."""
        return all(voter.provider == RULES for voter in self.voters)


@lru_cache(maxsize=256)  # beside the profile, since a copy would take its own cache along
def _hash(profile: Profile) -> str:
    unsaid = {"daily_usd", "limits"}
    unsaid |= {name for name in ("blinding", "stability") if not getattr(profile, name)}
    document = profile.model_dump(mode="json", exclude=unsaid)
    for voter in document["voters"]:
        if voter["fallback"] is None:
            del voter["fallback"]
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def profile_names(user_profiles: Path | None = None) -> tuple[str, ...]:
    """Return the names of all profiles: the built-in ones and those in `user_profiles`."""
    return tuple(sorted(_documents(user_profiles)))


def load_profile(name: str, user_profiles: Path | None = None) -> Profile:
    """Return the profile called `name`.

    Parameters
    ----------
    name
        Name of the file without `.toml`.
    user_profiles
        Folder of the user's own profiles (`user_data/profiles`); it need not exist.

    Raises
    ------
    ConfigurationError
        There is no such profile, or its file is not a valid one.

    Examples
    --------
    >>> load_profile("offline").is_rules
    True
    """
    documents = _documents(user_profiles)
    if name not in documents:
        close = difflib.get_close_matches(name, documents, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise ConfigurationError(
            f"profile {name!r} is unknown; {hint}there are: {', '.join(sorted(documents))}. "
            "Add your own as user_data/profiles/NAME.toml"
        )
    source = documents[name]
    try:
        document: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
        return Profile(name=name, **document)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"profile file {source} is not readable TOML: {error}") from error
    except TypeError as error:
        raise ConfigurationError(
            f"profile file {source} sets a name; the name is the file's own, remove the line"
        ) from error
    except ValidationError as error:
        raise ConfigurationError(f"profile file {source}: {_problems(error)}") from error


def _documents(user_profiles: Path | None) -> dict[str, Traversable]:
    """Return every profile file by name, the user's over the built-in ones."""
    found: dict[str, Traversable] = {}
    folders: list[Traversable] = [resources.files("proratio_signals.profiles")]
    if user_profiles is not None and user_profiles.is_dir():
        folders.append(user_profiles)
    for folder in folders:
        for entry in folder.iterdir():
            if entry.name.endswith(".toml"):
                found[entry.name.removesuffix(".toml")] = entry
    return found


def _problems(error: ValidationError) -> str:
    """Return every problem as `voters.0.weight: what is wrong`, on one line."""
    parts = []
    for problem in error.errors():
        place = ".".join(str(step) for step in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        parts.append(f"{place}: {message}" if place else message)
    return "; ".join(parts)
