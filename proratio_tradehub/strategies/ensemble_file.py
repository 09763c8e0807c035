"""Which strategies an orchestrator runs, as its user states them in a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules import (
    CATALOGUE,
    Card,
    EnsembleRule,
    InRegimes,
    Member,
    retuned,
)

__all__ = ["ensemble_of", "read_ensemble"]


class _Document(BaseModel):
    """A part of the file: frozen, and unknown keys are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Member(_Document):
    """One strategy: its name in the library, and what is not to be as the library has it."""

    name: str
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    regimes: frozenset[str] | None = None
    parameters: dict[str, int | float] = {}


class _Ensemble(_Document):
    """The whole file."""

    switch_by_regime: bool
    strategies: Annotated[tuple[_Member, ...], Field(min_length=1)]


def read_ensemble(file: Path) -> EnsembleRule:
    """Return the ensemble that a TOML file states.

    Raises
    ------
    ConfigurationError
        The file is missing, not TOML, or states an ensemble that cannot run.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read ({error.strerror}); an orchestrator needs the list of its "
            "strategies beside it, see docs/strategies.md"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not TOML: {error}") from error
    try:
        return ensemble_of(document)
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from error


def ensemble_of(document: dict[str, Any]) -> EnsembleRule:
    """Return the ensemble that a document states.

    Strategies without a share divide equally what the others leave. Without an own list, a
    strategy keeps to the regimes of its card when `switch_by_regime` is on.

    Raises
    ------
    ConfigurationError
        It has unknown keys or strategies, members that cannot trade together, or too large shares.

    Examples
    --------
    >>> both = [{"name": "Momentum"}, {"name": "MeanReversion", "share": 0.4}]
    >>> rule = ensemble_of({"switch_by_regime": True, "strategies": both})
    >>> [(member.name, member.share_frac) for member in rule.members]
    [('Momentum', 0.6), ('MeanReversion', 0.4)]
    """
    try:
        stated = _Ensemble.model_validate(document)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, entry['loc'])) or 'document'}: {entry['msg']}"
            for entry in error.errors()
        )
        raise ConfigurationError(f"not an ensemble: {problems}") from error
    cards = [_card(member.name) for member in stated.strategies]
    _check_together(stated.strategies, cards)
    equal = _equal_share(stated.strategies)
    return EnsembleRule(
        tuple(
            Member(
                member.name,
                _rule(member, card, switch=stated.switch_by_regime),
                equal if member.share is None else member.share,
            )
            for member, card in zip(stated.strategies, cards, strict=True)
        )
    )


def _card(name: str) -> Card:
    if name not in CATALOGUE:
        raise ConfigurationError(
            f"strategy {name!r} is not in the library; there are: {', '.join(CATALOGUE)}"
        )
    card = CATALOGUE[name]
    if card.adds:
        raise ConfigurationError(
            f"{name} adds to open positions, which only the strategy that owns the bot can do; "
            "run it alone"
        )
    return card


def _check_together(members: tuple[_Member, ...], cards: list[Card]) -> None:
    """Refuse strategies that do not trade on the same candles."""
    kinds = {(card.market, card.timeframe) for card in cards}
    if len(kinds) > 1:
        each = ", ".join(
            f"{member.name} {card.market} {card.timeframe}"
            for member, card in zip(members, cards, strict=True)
        )
        raise ConfigurationError(
            f"one bot trades one market on one timeframe, these differ: {each}; give each kind "
            "an orchestrator of its own"
        )


def _equal_share(members: tuple[_Member, ...]) -> float:
    """Return what each strategy without a share of its own gets."""
    stated = [member.share for member in members if member.share is not None]
    free = len(members) - len(stated)
    return (1.0 - sum(stated)) / free if free else 0.0


def _rule(member: _Member, card: Card, *, switch: bool) -> Any:
    rule = retuned(card.rule, member.parameters)
    if not switch and member.regimes is None:
        return rule
    return InRegimes(rule, card.regimes if member.regimes is None else member.regimes)
