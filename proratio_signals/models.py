"""Which language models are known: what they cost, and until when they have seen the world.

The figures are data (`models.toml`), each with the page it was read from and the day. A file of
the same form, `user_data/models.toml`, adds models or replaces them. A model without a price is
refused before it is asked: a call nobody can cost is a call no budget can stop.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import Usage

__all__ = ["USER_FILE", "Cutoff", "Effort", "Model", "Models", "Price", "load_models"]

USER_FILE = "models.toml"
"""Name of the user's own registry inside the user data directory."""

_MILLION = 1_000_000
_Text = Annotated[str, Field(min_length=1, max_length=300)]
_PerMillion = Annotated[float, Field(ge=0, allow_inf_nan=False)]

Effort = Literal["low", "medium", "high"]
"""How long a reasoning model is asked to think."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Price(_Document):
    """What a million tokens cost from a day on, in US dollars, and where that was read."""

    since: date
    input_usd: _PerMillion
    output_usd: _PerMillion
    source: _Text
    read_on: date


class Cutoff(_Document):
    """The last day a model's training data can come from, and where that was read.

    Where the maker publishes no cutoff, it is the day of release: later than any cutoff can be.
    """

    day: date
    source: _Text
    read_on: date


class Model(_Document):
    """One model of one provider.

    Parameters
    ----------
    provider
        Entry point of the group `proratio.providers` that serves it.
    id
        Its name in the provider's own words.
    aliases
        Other names of exactly this model.
    cutoff
        Until when it has seen the world; None when nobody knows, which counts as always.
    effort
        How long it is asked to think; None for models that do not reason.
    prices
        At least one, in ascending order of `since`; before the first, the first holds.
    batch_prices
        The same for calls of a batch; empty where the provider has none or nobody read them.
    """

    provider: _Text
    id: _Text
    aliases: tuple[_Text, ...] = ()
    cutoff: Cutoff | None = None
    effort: Effort | None = None
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    batch_prices: tuple[Price, ...] = ()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        for prices in (self.prices, self.batch_prices):
            days = [price.since for price in prices]
            if days != sorted(set(days)):
                raise ValueError(f"the prices of {self.id} must be in ascending order of `since`")
        return self

    def cost_usd(self, usage: Usage, *, on: date) -> float | None:
        """Return what `usage` costs in US dollars on the day `on`; None when tokens are unknown.

        Input the provider served from its prompt cache is charged like any other, so this is an
        upper bound.
        """
        return _cost_usd(self.prices, usage, on)

    def batch_cost_usd(self, usage: Usage, *, on: date) -> float | None:
        """Return the same for a call of a batch that was submitted on the day `on`.

        Raises
        ------
        ConfigurationError
            The registry has no batch price of this model; the message says what to add.
        """
        if not self.batch_prices:
            raise ConfigurationError(
                f"model {self.id!r} of provider {self.provider!r} has no batch price in the "
                f"registry. Add to it in user_data/{USER_FILE}: batch_prices = [{{ since, "
                "input_usd, output_usd, source, read_on }] per million tokens, or leave out --batch"
            )
        return _cost_usd(self.batch_prices, usage, on)


def _cost_usd(prices: tuple[Price, ...], usage: Usage, on: date) -> float | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    price = ([price for price in prices if price.since <= on] or [prices[0]])[-1]
    cost = usage.input_tokens * price.input_usd + usage.output_tokens * price.output_usd
    return cost / _MILLION


class Models:
    """The known models, found by provider and name.

    Parameters
    ----------
    models
        In ascending rank: a later one replaces an earlier one of the same provider and id.
    """

    def __init__(self, models: Iterable[Model]) -> None:
        self._by_id = {(model.provider, model.id): model for model in models}
        self._by_alias = {
            (model.provider, alias): model
            for model in self._by_id.values()
            for alias in model.aliases
        }

    def __iter__(self) -> Iterator[Model]:
        return iter(self._by_id.values())

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._by_id or key in self._by_alias

    def find(self, provider: str, name: str) -> Model:
        """Return the model `name` (an id or an alias) of `provider`.

        Raises
        ------
        ConfigurationError
            It is not known; the message says what to add and where.
        """
        found = self._by_id.get((provider, name)) or self._by_alias.get((provider, name))
        if found is not None:
            return found
        known = [model.id for model in self._by_id.values() if model.provider == provider]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise ConfigurationError(
            f"model {name!r} of provider {provider!r} has no price in the registry; {hint}"
            f"known: {', '.join(known) or 'none'}. Add to user_data/{USER_FILE}: [[models]] with "
            f'provider = "{provider}", id = "{name}" and prices = [{{ since, input_usd, '
            "output_usd, source, read_on }] per million tokens"
        )


def load_models(user_file: Path | None = None) -> Models:
    """Return the built-in models and, above them in rank, those of `user_file` if it exists.

    Raises
    ------
    ConfigurationError
        A file is not a valid registry.

    Examples
    --------
    >>> load_models().find("openai", "gpt-6.1-terra").cutoff.day.year
    2026
    """
    models = list(_read(resources.files("proratio_signals") / USER_FILE))
    if user_file is not None and user_file.is_file():
        models.extend(_read(user_file))
    return Models(models)


class _Registry(_Document):
    models: tuple[Model, ...] = ()


def _read(source: Traversable) -> tuple[Model, ...]:
    try:
        return _Registry(**tomllib.loads(source.read_text(encoding="utf-8"))).models
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"model file {source} is not readable TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(step) for step in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigurationError(f"model file {source}: {problems}") from error
