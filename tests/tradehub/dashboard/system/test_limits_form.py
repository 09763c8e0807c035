"""The form of the limits: an operator tightens, a viewer looks, a torn file is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from proratio_tradehub.dashboard.access import Role
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.system.limits_form import show_limits_form
from proratio_tradehub.risk import load_risk_profile
from tests.tradehub.dashboard.drawing import DRAWN, a_room, drawn, text_of
from tests.tradehub.dashboard.risk.made import AWAY_URL, a_braked_house


def _opened(house: House, role: Role = Role.OPERATOR) -> AppTest:
    room = a_room(house, None, role)
    DRAWN.append(lambda: show_limits_form(room))
    return drawn(DRAWN[-1])


def test_operator_sees_the_difference_before_it_is_saved(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        page = _opened(house)
        number = page.number_input(key="p-limit-max_positions")
        assert (number.value, number.max) == (3, 3)
        number.set_value(2)
        page = page.button[0].click().run()
        assert "max_positions: 3 → 2" in text_of(page)
        assert not (tmp_path / "risk").exists()
        page = page.button(key="p-limits-save").click().run()
        assert "Saved to proratio.toml" in text_of(page)
        DRAWN.pop()
    assert load_risk_profile("proratio", tmp_path / "risk").max_positions == 2


def test_form_that_was_not_touched_says_so(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        page = _opened(house).button[0].click().run()
        DRAWN.pop()
    assert "nothing differs" in text_of(page)


def test_viewer_can_change_nothing(tmp_path: Path) -> None:
    with a_braked_house(AWAY_URL, tmp_path) as house:
        page = _opened(house, Role.VIEWER)
        DRAWN.pop()
    assert len(page.button) == 0
    assert all(number.disabled for number in page.number_input)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"max_positions = {", "not readable TOML"),
        (b"\xff\xfe", "not readable TOML"),
        (b'base = "proratio"\nmax_positions = 9', "not below 3"),
        (b'base = "proratio"\nmax_positions = "<b>many</b>"', "max_positions"),
        (b'base = "nobody"', "base is"),
    ],
)
def test_file_of_nonsense_is_shown_with_its_remedy(
    content: bytes, told: str, tmp_path: Path
) -> None:
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "proratio.toml").write_bytes(content)
    with a_braked_house(AWAY_URL, tmp_path) as house:
        page = _opened(house)
        DRAWN.pop()
    assert told in text_of(page)
    assert "Mend the file by hand" in text_of(page)
    assert "<b>many" not in text_of(page)
    assert len(page.number_input) == 0
