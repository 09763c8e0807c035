"""The table of risk profiles in the docs is the profiles."""

from __future__ import annotations

from typing import Any

from proratio_tradehub.risk.limits import LeverageLadder, Sizing
from proratio_tradehub.risk.profile import RiskProfile
from proratio_tradehub.risk.profile_files import load_risk_profile, risk_profile_names
from tests.architecture.source_tree import ROOT

_PAGE = (ROOT / "docs" / "risk.md").read_text()


def _rows() -> list[list[str]]:
    table = _PAGE.split("## Profiles")[1].split("\n\n")[2].splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case frozenset():
            return ", ".join(sorted(value))
        case LeverageLadder():
            return " ".join(f"{step.leverage:g}x" for step in value.steps)
        case _:
            return f"{value:g}"


def test_every_limit_of_every_profile_stands_in_the_table() -> None:
    head, _, *rows = _rows()
    profiles = [load_risk_profile(name) for name in head[1:]]
    limits = [name for name in RiskProfile.model_fields if name not in ("name", "description")]
    limits.remove("sizing")

    assert sorted(head[1:]) == list(risk_profile_names())
    assert [row[0] for row in rows] == limits + [f"sizing.{name}" for name in Sizing.model_fields]
    for name, *cells in rows:
        owners = [profile.sizing if "." in name else profile for profile in profiles]
        assert cells == [_shown(getattr(owner, name.rpartition(".")[2])) for owner in owners], name


def test_every_rule_is_described() -> None:
    rules = _PAGE.split("## The rules")[1].split("## Sizing")[0]
    for name in ("drawdown", "heat", "correlation", "leverage", "reward/risk", "free balance"):
        assert f"\n| {name} |" in rules
