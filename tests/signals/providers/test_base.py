from __future__ import annotations

from proratio_core.errors import ConfigurationError
from proratio_signals.providers import NotConfiguredError


def test_a_missing_key_stops_a_command_like_any_wrong_configuration() -> None:
    assert issubclass(NotConfiguredError, ConfigurationError)
    assert NotConfiguredError.exit_code == ConfigurationError.exit_code
