"""Which profiles there are, and which of them are rules."""

from __future__ import annotations

from pathlib import Path

from proratio_tradehub.dashboard.lab.gates import read_gates, see_gates
from tests.tradehub.dashboard.drawing import a_house, a_room


def test_rules_are_told_from_models_and_a_broken_file_from_both(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("voters = 3")
    gates = read_gates(tmp_path)
    assert (gates["offline"], gates["consensus"], gates["broken"]) == (True, False, False)


def test_the_users_own_are_among_them(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.toml").write_text("voters = 3")
    with a_house("postgresql://127.0.0.1:9/x", tmp_path) as house:
        assert "mine" in see_gates(a_room(house, None))
