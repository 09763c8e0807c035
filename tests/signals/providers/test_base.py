from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_signals.profile import load_profile
from proratio_signals.providers import NotConfiguredError, create_providers
from proratio_signals.providers.base import Metered, declares_free


@dataclass
class Plugin:
    is_free: Any


def test_a_missing_key_stops_a_command_like_any_wrong_configuration() -> None:
    assert issubclass(NotConfiguredError, ConfigurationError)
    assert NotConfiguredError.exit_code == ConfigurationError.exit_code


@pytest.mark.parametrize("said", [1, "yes", None, False, object()])
def test_only_the_plain_word_true_declares_a_provider_free(said: Any) -> None:
    assert declares_free(Plugin(True))  # noqa: FBT003
    assert not declares_free(Plugin(said))
    assert not declares_free(object())


def test_rules_declare_themselves_free_and_are_not_metered() -> None:
    for provider in create_providers(load_profile("offline"), Settings()).values():
        assert declares_free(provider)
        assert not isinstance(provider, Metered)
