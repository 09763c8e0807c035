"""`proratio dashboard` as a person types it; that it serves is proved in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values
from typer.testing import CliRunner

from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.dashboard import app
from proratio_tradehub.dashboard.access.passwords import is_right

GOOD = "canal-otter-violet-61"


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_password_becomes_a_line_for_the_settings(role: str, tmp_path: Path) -> None:
    typed = f"{GOOD}\n{GOOD}\n"
    done = CliRunner().invoke(app, ["password", "--role", role], input=typed)
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output
    line = next(line for line in done.output.splitlines() if line.startswith("PRORATIO_"))
    (tmp_path / ".env").write_text(line)
    ((name, known),) = dotenv_values(tmp_path / ".env").items()
    assert name == f"PRORATIO_DASHBOARD_{role.upper()}_HASH"
    assert known is not None
    assert is_right(GOOD, known)


@pytest.mark.parametrize(
    ("words", "typed", "match"),
    [
        (["password", "--role", "owner"], "", "operator or viewer"),
        (["password"], "password\npassword\n", "four words"),
        (["--host", "0.0.0.0"], "", "a password is needed"),
        (["--host", "0.0.0.0", "--operator"], "", "for 127.0.0.1 only"),
        (["--certificate", "a.pem"], "", "give both or none"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], typed: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words, input=typed)
    assert isinstance(done.exception, ConfigurationError)
    assert match in str(done.exception)
