"""Versions and settings as they may be shown."""

from __future__ import annotations

import platform
from pathlib import Path

from pydantic import SecretStr

from proratio_core.settings import Settings
from proratio_tradehub.dashboard.system.installation import read_versions, shown_settings


def test_versions_are_those_at_work() -> None:
    versions = read_versions()
    assert list(versions) == ["Proratio", "Freqtrade", "Streamlit", "Python"]
    assert versions["Python"] == platform.python_version()


def test_no_secret_is_shown_whichever_setting_holds_it(tmp_path: Path) -> None:
    canaries = {
        name: SecretStr(f"canary-{name}")
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    settings = Settings(PRORATIO_USER_DATA=tmp_path).model_copy(
        update={**canaries, "bot_url": "http://me:canary-in-a-url@host"}
    )
    shown = dict(shown_settings(settings))
    assert len(canaries) >= 10
    assert "canary" not in str(shown)
    assert shown["openai api key"] == "set"
    assert shown["bot url"] == "http://me:***@host"
    assert shown["risk profile"] == "proratio"
