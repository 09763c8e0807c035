"""`.env.example` names and explains every variable, and can be used as it stands."""

from __future__ import annotations

import re

from dotenv import dotenv_values

from proratio_core.settings import Settings, load_settings
from tests.architecture.source_tree import ROOT

_EXAMPLE = ROOT / ".env.example"
_COMPOSE = (ROOT / "docker-compose.yml").read_text()
_COMPOSE_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(?::-([^}]*))?")


def _settings_variables() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def _compose_defaults() -> dict[str, str]:
    return dict(_COMPOSE_VARIABLE.findall(_COMPOSE))


def test_it_names_every_variable_and_no_other() -> None:
    assert set(dotenv_values(_EXAMPLE)) == _settings_variables() | set(_compose_defaults())


def test_every_variable_is_explained() -> None:
    paragraphs = re.split(r"\n\s*\n", _EXAMPLE.read_text())
    unexplained = [
        paragraph for paragraph in paragraphs if re.match(r"[A-Z]", paragraph.lstrip("\n"))
    ]
    assert not unexplained


def test_the_settings_accept_it_and_it_changes_nothing() -> None:
    assert load_settings(_EXAMPLE) == Settings(_env_file=None)  # type: ignore[call-arg]


def test_its_values_are_the_defaults_of_compose() -> None:
    given = dotenv_values(_EXAMPLE)
    own = _settings_variables()
    for name, default in _compose_defaults().items():
        if name not in own:
            assert given[name] == default, name


def test_it_holds_no_secret() -> None:
    for name, value in dotenv_values(_EXAMPLE).items():
        if re.search(r"KEY|PASSWORD|TOKEN|SECRET|_URL$", name):
            assert value == "", f"{name} has a value"
