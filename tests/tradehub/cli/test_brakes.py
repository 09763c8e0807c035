"""The brakes are at hand, PostgreSQL or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError, TransientError
from proratio_tradehub.cli.brakes import open_brakes, stated, who
from proratio_tradehub.halts import Action, Mode


def test_without_postgresql_the_file_alone_is_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    with open_brakes() as brakes:
        assert isinstance(brakes.away, TransientError)
        brakes.halts.order(Action.HALT, reason="storm", by=who())
        assert brakes.halts.standing().mode is Mode.HALTED
    assert (tmp_path / "user_data" / ".proratio" / "halts.json").is_file()


def test_with_postgresql_both_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    with open_brakes() as brakes:
        assert brakes.away is None
        assert brakes.halts.standing().allows_entries


def test_reason_is_one_line_and_never_empty() -> None:
    assert stated(" looked \n at it ") == "looked at it"
    with pytest.raises(ConfigurationError, match="the reason is empty"):
        stated(" \t")


def test_who_is_a_user_on_a_machine() -> None:
    user, _, machine = who().partition("@")
    assert user
    assert machine
