"""What a seat's calls cost, known without its key and before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proratio_signals.models import USER_FILE, Model, load_models
from proratio_signals.profile import RULES
from proratio_signals.providers.compatible import model_at

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter

__all__ = ["has_batches", "model_of"]

_BATCHED = frozenset({"openai", "anthropic", "gemini"})
_OWN_MACHINE = "http://localhost"


def model_of(voter: Voter, settings: Settings) -> Model | None:
    """Return the registered model that `voter` asks; None for rules, which cost nothing.

    Raises
    ------
    ConfigurationError
        The model has no price; the message says what to add.
    """
    if voter.provider == RULES:
        return None
    if voter.provider == "compatible":
        return model_at(voter.model, settings.compatible_base_url or _OWN_MACHINE, settings)
    return load_models(settings.user_data / USER_FILE).find(voter.provider, voter.model)


def has_batches(voter: Voter) -> bool:
    """Whether one of our own providers would ask `voter` in batches; no key is needed to tell."""
    return voter.provider in _BATCHED
