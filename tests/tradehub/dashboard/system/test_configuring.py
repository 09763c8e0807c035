"""Limits are tightened by operators, as shown, whole, and on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError, RiskError, TransientError
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.system.configuring import (
    Proposal,
    propose,
    read_configured,
    save,
)
from proratio_tradehub.risk import load_risk_profile
from tests.tradehub.dashboard.risk.made import AWAY_URL, OPERATOR, VIEWER, a_braked_house

HERE = "window one"


def _proposal(house: House, **shown: float | None) -> Proposal:
    return propose(house, OPERATOR, HERE, shown)


def test_tighter_limit_is_written_and_put_on_record(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        proposal = propose(house, OPERATOR, HERE, {"max_heat_frac": 4.0, "sizing.stake_frac": 2.0})
        assert not (tmp_path / "risk").exists()
        said = save(house, OPERATOR, HERE, proposal)
        (deed,) = deed_file(house.settings, house.clock).newest(5)
    profile = load_risk_profile("proratio", tmp_path / "risk")
    assert (profile.max_heat_frac, profile.sizing.stake_frac) == (0.04, 0.02)
    assert "max_heat_frac: 0.06 → 0.04" in said
    assert (deed.by, deed.action) == (OPERATOR.name, "Tighten limits")
    assert "sizing.stake_frac: 0.05 → 0.02" in deed.detail


def test_what_the_file_said_already_stays(tmp_path: Path) -> None:
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "proratio.toml").write_text(
        'base = "proratio"\nmax_positions = 2\nmarkets = ["spot"]\n\n[sizing]\nstake_frac = 0.03\n'
    )
    with a_braked_house(AWAY_URL, tmp_path) as house:
        proposal = propose(house, OPERATOR, HERE, {"sizing.risk_budget_frac": 1.0})
        save(house, OPERATOR, HERE, proposal)
        found = read_configured(house)
    assert found.document == {
        "max_positions": 2,
        "markets": ["spot"],
        "sizing": {"stake_frac": 0.03, "risk_budget_frac": 0.01},
    }


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ({"max_positions": 4.0}, "not below 3"),
        ({"max_heat_frac": 0.0}, "greater than 0"),
        ({"max_heat_frac": 1.0}, "do not fit together: max_planned_loss_frac"),
        ({"max_correlation": None}, "not below 0.85"),
    ],
)
def test_looser_limit_or_nonsense_is_refused(
    shown: dict[str, float | None], told: str, tmp_path: Path
) -> None:
    with (
        a_braked_house(AWAY_URL, tmp_path) as house,
        pytest.raises(ConfigurationError, match=told),
    ):
        propose(house, OPERATOR, HERE, shown)
    assert not (tmp_path / "risk").exists()


def test_limit_once_tightened_is_not_loosened_again_here(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        save(house, OPERATOR, HERE, _proposal(house, max_positions=1.0))
        with pytest.raises(ConfigurationError, match="not below 1"):
            _proposal(house, max_positions=2.0)
        with pytest.raises(RiskError, match="nothing differs"):
            _proposal(house, max_positions=1.0)


@pytest.mark.parametrize("visitor", [VIEWER, None])
def test_nobody_but_an_operator_proposes_or_saves(visitor: Visitor | None, tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        with pytest.raises(ConfigurationError, match="nothing was saved"):
            propose(house, visitor, HERE, {"max_positions": 1.0})
        proposal = _proposal(house, max_positions=1.0)
        with pytest.raises(ConfigurationError, match="nothing was saved"):
            save(house, visitor, HERE, proposal)
        deeds = deed_file(house.settings, house.clock).newest(5)
    assert not (tmp_path / "risk").exists()
    tried = "refused: a viewer may not act"
    assert [deed.detail for deed in deeds] == ([tried] * 2 if visitor is VIEWER else [])


def test_second_of_two_operators_has_to_look_again(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        first = _proposal(house, max_positions=2.0)
        second = propose(house, OPERATOR, "window two", {"max_positions": 1.0})
        save(house, OPERATOR, HERE, first)
        with pytest.raises(RiskError, match="changed meanwhile"):
            save(house, OPERATOR, "window two", second)
        with pytest.raises(ConfigurationError, match="used before"):
            save(house, OPERATOR, HERE, first)
        assert read_configured(house).document == {"max_positions": 2}


def test_without_a_record_nothing_is_saved(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        proposal = _proposal(house, max_positions=1.0)
        deed_file(house.settings, house.clock).path.mkdir(parents=True)
        with pytest.raises(TransientError, match="record of actions"):
            save(house, OPERATOR, HERE, proposal)
    assert not (tmp_path / "risk").exists()
