"""Versions and settings of this process, as they may be shown."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

from pydantic import SecretStr

from proratio_core.logs import masker
from proratio_core.settings import Settings

__all__ = ["read_versions", "shown_settings"]

_PACKAGES: Final = {"Proratio": "proratio", "Freqtrade": "freqtrade", "Streamlit": "streamlit"}


def read_versions() -> dict[str, str]:
    """Return name -> version of what this process runs."""
    versions = {name: version(package) for name, package in _PACKAGES.items()}
    return {**versions, "Python": platform.python_version()}


def shown_settings(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return every setting that is set; of a secret only that it is."""
    found, mask = [], masker(settings)
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is None:
            continue
        text = "set" if isinstance(value, SecretStr) else mask(str(value))
        found.append((name.replace("_", " "), text))
    return tuple(found)
