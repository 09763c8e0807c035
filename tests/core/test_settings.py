"""Settings: read in one place, typos refused, secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings, environment_with, load_settings, own_environment

CANARY = "sk-canary-4711"


def _env_file(folder: Path, *lines: str) -> Path:
    path = folder / ".env"
    path.write_text("\n".join(lines))
    return path


def test_without_any_variable_the_offline_profile_and_local_folders_hold() -> None:
    settings = load_settings(None)
    assert settings.profile == "offline"
    assert settings.database_url is None
    assert settings.data_dir == Path("user_data/data")
    assert settings.state_dir == Path("user_data/.proratio")


def test_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _env_file(tmp_path, "PRORATIO_PROFILE=local", "PRORATIO_USER_DATA=elsewhere")
    monkeypatch.setenv("PRORATIO_PROFILE", "consensus")
    settings = load_settings(file)
    assert settings.profile == "consensus"
    assert settings.data_dir == Path("elsewhere/data")


def test_misspelt_variable_is_refused_with_the_right_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRORATIO_PROFIL", "consensus")
    with pytest.raises(ConfigurationError, match=r"PRORATIO_PROFIL, .*did you mean PRORATIO_PROFI"):
        load_settings(None)


def test_unknown_line_of_the_file_is_refused_with_its_file(tmp_path: Path) -> None:
    file = _env_file(tmp_path, "SOMETHING_ELSE_ENTIRELY=1")
    with pytest.raises(ConfigurationError, match=r"\.env sets SOMETHING_ELSE_ENTIRELY.*example"):
        load_settings(file)


def test_variables_of_freqtrade_and_compose_may_share_the_file(tmp_path: Path) -> None:
    lines = ("FREQTRADE__EXCHANGE__KEY=x", "COMPOSE_PROJECT_NAME=x", "POSTGRES_PASSWORD=x")
    assert load_settings(_env_file(tmp_path, *lines)).profile == "offline"


def test_malformed_value_is_refused_without_repeating_any_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRORATIO_LOG_LEVEL", CANARY)
    with pytest.raises(ConfigurationError, match="PRORATIO_LOG_LEVEL") as caught:
        load_settings(None)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_keys_are_masked_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    settings = load_settings(None)
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == CANARY
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert load_settings(None).database_url is None


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().profile = "consensus"


def test_a_process_that_is_started_gets_this_ones_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRORATIO_PROFILE", "offline")
    given = own_environment()
    given["PRORATIO_PROFILE"] = "another"

    assert own_environment()["PRORATIO_PROFILE"] == "offline"


def test_a_process_is_told_without_telling_ourselves() -> None:
    told = environment_with({"PRORATIO_USER_DATA": "elsewhere"})
    assert told["PRORATIO_USER_DATA"] == "elsewhere"
    assert told["PATH"]
    assert "PRORATIO_USER_DATA" not in environment_with({})
