"""The house: one in a process, found by whoever Streamlit runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.house import the_house
from tests.tradehub.dashboard.drawing import a_house


def test_house_is_found_while_it_is_open(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert the_house() is house
    with pytest.raises(ConfigurationError, match="proratio dashboard"):
        the_house()
